package dev.sandboxer.e2b;

import static dev.sandboxer.e2b.ScriptedCloud.SANDBOX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sandboxer.e2b.envd.EnvdTarget;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.HttpPassage;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Addresses and headers for HTTP requests to sandboxes. */
class HttpTargetsTest {
    private static final BackendRef REF = new BackendRef(SANDBOX);
    private static final String GET = "GET /sandboxes/" + SANDBOX;

    @TempDir
    Path directory;

    @AutoClose
    private final ScriptedCloud cloud = new ScriptedCloud();

    private static String detail(String more) {
        return ScriptedCloud.detail("inst-sb-1", "running").replaceFirst("\\{", "{" + more);
    }

    /** Opens an account whose sandboxes have host names. */
    private E2bBackend withHostNames() {
        var credential = new Credential(Map.of("api_key", ScriptedCloud.KEY, "api_url", cloud.url()));
        return (E2bBackend) ScriptedCloud.extension().open(ScriptedCloud.context(directory), credential);
    }

    private static Kind kindOf(HttpPassage backend, int port) {
        return catchThrowableOfType(ExtensionException.class, () -> backend.httpTarget(REF, port))
                .kind();
    }

    @Test
    void the_control_plane_is_asked_once_for_all_ports() {
        cloud.withSandbox();
        try (var backend = (E2bBackend) cloud.open(directory)) {
            for (int i = 0; i < 5; i++) {
                assertThat(backend.httpTarget(REF, EnvdTarget.PORT).origin()).hasToString(cloud.url());
                assertThat(backend.httpTarget(REF, 8080).headers())
                        .isEqualTo(Map.of("E2b-Sandbox-Id", SANDBOX, "E2b-Sandbox-Port", "8080"));
            }
            assertThat(cloud.asked(GET)).hasSize(1);
            assertThat(backend.refreshHttpTarget(REF, 8080)).isEqualTo(backend.httpTarget(REF, 8080));
            assertThat(cloud.asked(GET)).hasSize(2);
        }
    }

    @Test
    void only_the_daemon_gets_the_access_token_and_only_other_ports_get_the_traffic_token() {
        cloud.on(GET, 200, detail("\"trafficAccessToken\":\"for-traffic\","));
        try (var backend = (E2bBackend) cloud.open(directory)) {
            assertThat(backend.httpTarget(REF, EnvdTarget.PORT).headers())
                    .isEqualTo(Map.of(
                            "E2b-Sandbox-Id", SANDBOX,
                            "E2b-Sandbox-Port", "49983",
                            "X-Access-Token", "token-of-the-sandbox"));
            assertThat(backend.httpTarget(REF, 8080).headers())
                    .isEqualTo(Map.of(
                            "E2b-Sandbox-Id", SANDBOX,
                            "E2b-Sandbox-Port", "8080",
                            "E2b-Traffic-Access-Token", "for-traffic"));
        }
    }

    @Test
    void at_e2b_the_daemon_has_a_shared_host_name_and_each_other_port_its_own() {
        cloud.on(GET, 200, detail("\"domain\":\"e2b.app\","));
        try (var backend = withHostNames()) {
            assertThat(backend.httpTarget(REF, EnvdTarget.PORT).origin()).hasToString("https://sandbox.e2b.app");
            assertThat(backend.httpTarget(REF, 8080).origin()).hasToString("https://8080-" + SANDBOX + ".e2b.app");
        }
    }

    @Test
    void an_old_daemon_is_not_passed_through_but_other_ports_are() {
        cloud.on(GET, 200, detail("").replace("0.6.13", "0.6.2"));
        try (var backend = (E2bBackend) cloud.open(directory)) {
            assertThat(kindOf(backend, EnvdTarget.PORT)).isEqualTo(Kind.UNSUPPORTED);
            assertThat(backend.httpTarget(REF, 8080).headers()).containsEntry("E2b-Sandbox-Port", "8080");
            assertThat(cloud.asked(GET)).hasSize(1);
        }
    }

    @Test
    void a_sandbox_that_is_paused_or_gone_is_not_cached() {
        cloud.on(GET, 200, ScriptedCloud.detail("inst-sb-1", "paused"))
                .on(GET, 404, "{\"code\":404,\"message\":\"not found\"}")
                .on(GET, 200, detail(""));
        try (var backend = (E2bBackend) cloud.open(directory)) {
            assertThat(kindOf(backend, 8080)).isEqualTo(Kind.TRANSIENT);
            assertThat(kindOf(backend, 8080)).isEqualTo(Kind.GONE);
            assertThat(backend.httpTarget(REF, 8080).headers()).containsEntry("E2b-Sandbox-Id", SANDBOX);
        }
    }

    @Test
    void a_sandbox_that_turns_out_to_be_gone_leaves_the_cache() {
        cloud.on(GET, 200, detail("")).on(GET, 404, "{\"code\":404,\"message\":\"not found\"}");
        try (var backend = (E2bBackend) cloud.open(directory)) {
            assertThat(backend.httpTarget(REF, 8080).headers()).isNotEmpty();
            var failure = catchThrowableOfType(ExtensionException.class, () -> backend.refreshHttpTarget(REF, 8080));
            assertThat(failure.kind()).isEqualTo(Kind.GONE);
            assertThat(kindOf(backend, 8080)).isEqualTo(Kind.GONE);
        }
    }
}
