package dev.sandboxer.server;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.Listen;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Addresses under which others reach this server, such as those that share its database. */
public final class Advertised {
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "[::]");

    private Advertised() {}

    /**
     * Parses the address that was given.
     *
     * @param option by which it was given
     * @throws SandboxException {@code INVALID_ARGUMENT} unless it is the base URL of an HTTP server
     */
    public static URI parse(String option, String text) {
        var trimmed = text.replaceFirst("/+$", "");
        try {
            var url = URI.create(trimmed);
            var http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (http
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null
                    && !WILDCARDS.contains(url.getHost())) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new SandboxException(
                ErrorCode.INVALID_ARGUMENT,
                option + " has to be a URL such as http://10.0.0.5:7070, under which others reach this server");
    }

    /**
     * Fails where the address to listen on doesn't say how others reach it.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    static void require(Listen listen, @Nullable URI given) {
        if (given == null && isWildcard(listen)) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    "servers that share a database hand calls to each other, and --listen " + listen
                            + " doesn't say where the others reach this one; add --advertise http://ADDRESS:"
                            + listen.port() + " with an address of this host");
        }
    }

    static boolean isWildcard(Listen listen) {
        return WILDCARDS.contains(listen.host());
    }

    /** Returns true if only this host can reach that address. */
    static boolean isLoopback(URI address) {
        try {
            return InetAddress.getByName(address.getHost()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
