package dev.sandboxer.server;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.Listen;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the address under which other servers of the same database reach this one. */
public final class AdvertisedAddress {
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "[::]");

    private AdvertisedAddress() {}

    /**
     * Parses an address.
     *
     * @param option the name of the option that has the address, for the message
     * @throws SandboxException {@code INVALID_ARGUMENT} unless the text is the base URL of an HTTP server
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
            // reported below
        }
        throw new SandboxException(
                ErrorCode.INVALID_ARGUMENT,
                option + " must be a URL such as http://10.0.0.5:7070, at which other servers reach this one");
    }

    /**
     * Requires an address if the server listens on a wildcard.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} if {@code given} is null and the server listens on a wildcard
     */
    static void require(Listen listen, @Nullable URI given) {
        if (given == null && isWildcard(listen)) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    "--listen " + listen
                            + " doesn't say where the other servers of the database reach this one; add --advertise http://ADDRESS:"
                            + listen.port() + " with an address of this host");
        }
    }

    static boolean isWildcard(Listen listen) {
        return WILDCARDS.contains(listen.host());
    }

    /** Returns true if only this host can reach an address. */
    static boolean isLoopback(URI address) {
        try {
            return InetAddress.getByName(address.getHost()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
