package dev.sandboxer.http;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.regex.Pattern;

/**
 * The address on which a server listens.
 *
 * @param host a name or an address; an IPv6 address is in brackets
 * @param port 0 = any free port
 */
public record Listen(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+):([0-9]{1,5})");
    private static final int MAX_PORT = 65_535;

    /**
     * Parses {@code HOST:PORT}.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} if the text has another form
     */
    public static Listen parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches() || Integer.parseInt(match.group(2)) > MAX_PORT) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT, "not an address to listen on: " + text + " (expected HOST:PORT)");
        }
        return new Listen(match.group(1), Integer.parseInt(match.group(2)));
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
