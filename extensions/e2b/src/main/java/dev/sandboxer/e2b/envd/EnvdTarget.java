package dev.sandboxer.e2b.envd;

import dev.sandboxer.e2b.control.EnvdVersion;
import dev.sandboxer.e2b.http.HttpCalls;
import dev.sandboxer.extension.BackendRef;
import java.net.http.HttpRequest;

/**
 * Where one sandbox's daemon is reached, and with what. The two headers tell a shared origin which sandbox and which port are
 * meant (e2b-dev/infra, {@code packages/shared/pkg/proxy/host.go}); at a host name of its own they change nothing.
 *
 * @param origin without a slash at its end
 * @param token {@code envdAccessToken}; empty when the sandbox asks for none. Survives a pause
 * @param envd what the daemon can do
 */
public record EnvdTarget(BackendRef sandbox, String origin, String token, EnvdVersion envd) {
    /** Of envd, in every sandbox. */
    public static final int PORT = 49_983;

    /** What envd speaks, by the name that others know it by. */
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
