package dev.sandboxer.e2b.envd;

import dev.sandboxer.e2b.control.EnvdVersion;
import dev.sandboxer.e2b.http.HttpCalls;
import dev.sandboxer.extension.BackendRef;
import java.net.http.HttpRequest;

/**
 * Address and token of envd in one sandbox. At an origin that sandboxes share, two headers select the sandbox and the
 * port (e2b-dev/infra, {@code packages/shared/pkg/proxy/host.go}); at a host name of its own they have no effect.
 *
 * @param origin without a trailing slash
 * @param token {@code envdAccessToken}, which survives a pause; empty = the sandbox asks for none
 * @param envd version of the daemon
 */
public record EnvdTarget(BackendRef sandbox, String origin, String token, EnvdVersion envd) {
    /** The port of envd in every sandbox. */
    public static final int PORT = 49_983;

    /** The name of envd's protocol in {@link dev.sandboxer.extension.feature.HttpPassage#protocols}. */
    public static final String PROTOCOL = "envd";

    HttpRequest.Builder request(String path) {
        var request = HttpCalls.request(origin + path)
                .header("E2b-Sandbox-Id", sandbox.value())
                .header("E2b-Sandbox-Port", Integer.toString(PORT));
        return token.isEmpty() ? request : request.header("X-Access-Token", token);
    }

    @Override
    public String toString() {
        return "EnvdTarget[" + sandbox + " at " + origin + "]";
    }
}
