package dev.sandboxer.http.modal.control;

import dev.sandboxer.http.modal.edge.Caller;
import java.net.URI;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The address at which clients reach this server. The control plane and the router share one port.
 *
 * @param advertised the URL for clients on other machines; null = all clients are on this machine
 * @param host the host for clients on this machine
 * @param port supplies the port that the server listens on; called only after the server has begun to listen
 */
public record ServerAddress(@Nullable URI advertised, String host, Supplier<Integer> port) {
    /**
     * Returns the router's URL for a client. The JavaScript and Go clients accept only {@code https} URLs, but speak plaintext to a server
     * on this machine.
     */
    String routerUrl(Caller caller) {
        if (advertised != null) {
            return advertised.toString();
        }
        return (caller.isPython() ? "http://" : "https://") + host + ":" + port.get();
    }

    /** The host at which clients reach tunnels. */
    String tunnelHost() {
        return advertised == null ? host : advertised.getHost();
    }

    /** Removes the brackets that an IPv6 address has in URLs; returns other hosts unchanged. */
    public static String withoutBrackets(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
