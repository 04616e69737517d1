package dev.sandboxer.cli.sandboxes.ports;

import dev.sandboxer.config.units.Ports;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.Spelling;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A port of this machine and the port of the sandbox that it forwards to.
 *
 * @param address to listen on; null = the command's default
 * @param here the port to listen on; 0 = any free port
 * @param inside the port in the sandbox
 */
record PortMapping(@Nullable String address, int here, int inside) {
    /** An IPv6 address is in brackets. */
    private static final Pattern FORM =
            Pattern.compile("(?:(?:(?<address>\\[[^\\[\\]]+]|[^:\\[\\]]+):)?(?<here>\\d*):)?(?<inside>\\d+)");

    /**
     * Reads {@code 8000}, {@code 9000:8000}, {@code 0:8000} or {@code ADDRESS:9000:8000}.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    static PortMapping parse(String text) {
        var form = FORM.matcher(text);
        if (!form.matches()) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    Spelling.quoted(text) + " is not a port (examples: 8000, 9000:8000, 0:8000, 127.0.0.1:9000:8000)");
        }
        var inside = Ports.parse(form.group("inside"));
        var here = form.group("here");
        var address = form.group("address");
        return new PortMapping(
                address == null ? null : address.replaceAll("[\\[\\]]", ""), here == null ? inside : any(here), inside);
    }

    private static int any(String here) {
        return here.matches("0*") ? 0 : Ports.parse(here);
    }
}
