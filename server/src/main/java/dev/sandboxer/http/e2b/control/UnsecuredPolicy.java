package dev.sandboxer.http.e2b.control;

import dev.sandboxer.config.UnsecuredSandboxes;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.e2b.edge.E2bException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Supplier;

/**
 * Decides whether a client may have a sandbox without a token. Everybody who knows the id of such a sandbox can use it. Old clients
 * (e2b 1.x), which don't know {@code secure}, can't use sandboxes with a token.
 *
 * @param setting the operator's setting; read at each creation
 * @param loopback true if the server listens on loopback only
 */
public record UnsecuredPolicy(Supplier<UnsecuredSandboxes> setting, boolean loopback) {
    /** Headers that proxies add. Through a proxy, other hosts may reach a server that listens on loopback. */
    private static final List<String> PROXIED = List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Via");

    /** Returns true if only this host can reach a server that listens on an address. */
    public static boolean isLoopback(Listen listen) {
        try {
            return InetAddress.getByName(listen.host()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /**
     * Requires that the client may have a sandbox without a token.
     *
     * @throws E2bException 400 if it may not
     */
    void check(HttpExchange exchange) {
        switch (setting.get()) {
            case ALWAYS -> {}
            case NEVER ->
                throw refused("this server makes no sandboxes without a token (unsecuredSandboxes in config.yaml)");
            case LOOPBACK -> {
                if (!loopback || PROXIED.stream().anyMatch(header -> exchange.header(header) != null)) {
                    throw refused("this server makes no sandboxes without a token, because other hosts can reach it"
                            + " (`unsecuredSandboxes: always` in config.yaml allows them)");
                }
            }
        }
    }

    private static E2bException refused(String reason) {
        return new E2bException(400, reason + "; ask for `secure: true`, as E2B's SDKs do since 2.0");
    }
}
