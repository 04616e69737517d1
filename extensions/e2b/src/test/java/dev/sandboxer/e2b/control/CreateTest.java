package dev.sandboxer.e2b.control;

import static dev.sandboxer.e2b.ScriptedCloud.SANDBOX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sandboxer.e2b.Requests;
import dev.sandboxer.e2b.ScriptedCloud;
import dev.sandboxer.e2b.http.E2bJson;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class CreateTest {
    private static final String V1 = "POST /sandboxes";
    private static final String V2 = "POST /v2/sandboxes";
    private static final String MADE = "{\"sandboxID\":\"" + SANDBOX + "\",\"templateID\":\"base\"}";
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path directory;

    @AutoClose
    private final ScriptedCloud cloud =
            new ScriptedCloud().on("GET /v2/sandboxes", 200, "[]").withSandbox();

    @Test
    void the_request_and_the_tag_are_sent_once() {
        cloud.on(V2, 201, MADE);
        create(Requests.usual());
        assertThat(cloud.asked(V2)).hasSize(1);
        var body = body(V2, 0);
        assertThat(body.path("templateID").asString()).isEqualTo("base");
        assertThat(body.path("timeout").asInt()).isBetween(3590, 3600);
        assertThat(body.path("metadata").path("sandboxer_tag").asString()).isEqualTo("inst-sb-1");
        assertThat(body.path("metadata").path("sandboxer_installation").asString())
                .isEqualTo("inst");
        assertThat(body.path("envVars").path("NAME").asString()).isEqualTo("value");
        assertThat(body.has("allow_internet_access")).isFalse();
    }

    @Test
    void the_sandbox_is_reported_as_e2b_describes_it() {
        cloud.on(V2, 201, MADE);
        try (var backend = cloud.open(directory)) {
            var made = backend.create(Requests.usual());
            assertThat(made.ref().value()).isEqualTo(SANDBOX);
            assertThat(made.size()).isEqualTo(new SandboxSize(2000, 512, 1024));
            assertThat(made.createdAt()).isEqualTo("2026-11-25T10:00:00Z");
            assertThat(made.deadline()).isEqualTo("2026-11-25T11:00:00.5Z");
            assertThat(made.paused()).isFalse();
        }
    }

    @Test
    void the_network_is_denied_when_asked() {
        cloud.on(V2, 201, MADE);
        create(Requests.with("base", HOUR, NetworkRules.DENY_ALL));
        assertThat(body(V2, 0).path("allow_internet_access").asBoolean(true)).isFalse();
    }

    @Test
    void network_rules_are_sent_in_e2bs_form() {
        cloud.on(V2, 201, MADE);
        var target = NetworkTarget.parse("10.1.2.3/8");
        create(Requests.with(
                "base",
                HOUR,
                new NetworkRules(
                        NetworkPolicy.DENY, List.of(target, NetworkTarget.parse("*.Example.com")), List.of(target))));
        create(Requests.with(
                "base", HOUR, new NetworkRules(NetworkPolicy.BACKEND_DEFAULT, List.of(), List.of(target))));
        assertThat(body(V2, 0).path("allow_internet_access").asBoolean(true)).isFalse();
        assertThat(body(V2, 0).path("network"))
                .hasToString("{\"allowOut\":[\"10.0.0.0/8\",\"*.example.com\"],\"denyOut\":[\"10.0.0.0/8\"]}");
        assertThat(body(V2, 1).has("allow_internet_access")).isFalse();
        assertThat(body(V2, 1).path("network")).hasToString("{\"denyOut\":[\"10.0.0.0/8\"]}");
    }

    @Test
    void what_e2b_does_not_support_is_refused_before_anything_is_sent() {
        var usual = Requests.usual().spec();
        for (var spec : List.of(
                usual.toBuilder().region("eu").build(),
                usual.toBuilder().source(new Source.Image("debian:13", null)).build(),
                usual.toBuilder()
                        .size(new SandboxSize(1000, 512, 1024, new Gpu(1, "T4")))
                        .build())) {
            var failure = failure(Requests.with(spec, HOUR));
            assertThat(failure.kind()).isEqualTo(Kind.UNSUPPORTED);
            assertThat(failure.effect()).isEqualTo(Effect.NOT_APPLIED);
        }
        assertThat(cloud.asked(V2)).isEmpty();
    }

    @Test
    void a_server_without_the_second_version_gets_the_first_and_is_remembered() {
        for (int status : new int[] {404, 405}) {
            try (var old = new ScriptedCloud()
                    .on("GET /v2/sandboxes", 200, "[]")
                    .withSandbox()
                    .on(V2, status, "not found")
                    .on(V1, 201, MADE)) {
                try (var backend = old.open(directory)) {
                    backend.create(Requests.usual());
                    backend.create(Requests.usual());
                }
                assertThat(old.asked(V2)).hasSize(1);
                assertThat(old.asked(V1)).hasSize(2);
                assertThat(old.asked(V1).getFirst().json().path("secure").asBoolean(false))
                        .isTrue();
            }
        }
    }

    @Test
    void a_refusal_by_a_gateway_does_not_decide_the_version() {
        cloud.on(V2, ScriptedCloud.error(429, "slow down"))
                .on(V2, 404, "not found")
                .on(V1, 201, MADE);
        try (var backend = cloud.open(directory)) {
            assertThat(catchThrowableOfType(ExtensionException.class, () -> backend.create(Requests.usual()))
                            .kind())
                    .isEqualTo(Kind.THROTTLED);
            backend.create(Requests.usual());
        }
        assertThat(cloud.asked(V1)).hasSize(1);
    }

    @Test
    void ports_are_private_when_asked() {
        cloud.on(V2, 201, MADE);
        var it = Requests.usual();
        create(Requests.with(it.spec().toBuilder().publicPorts(false).build(), HOUR));
        create(it);
        assertThat(body(V2, 0).path("network").path("allowPublicTraffic").asBoolean(true))
                .isFalse();
        assertThat(body(V2, 1).has("network")).isFalse();
    }

    @Test
    void an_unknown_template_is_invalid_in_both_versions() {
        cloud.on(V2, ScriptedCloud.error(404, "template 'base' not found"))
                .on(V1, ScriptedCloud.error(404, "template 'base' not found"));
        var failure = failure(Requests.usual());
        assertThat(failure.kind()).isEqualTo(Kind.INVALID);
        assertThat(failure.effect()).isEqualTo(Effect.NOT_APPLIED);
        assertThat(failure).hasMessageContaining("template 'base' not found");
    }

    @Test
    void the_first_version_is_not_tried_on_a_server_that_has_the_second() {
        cloud.on(V2, 201, MADE).on(V2, ScriptedCloud.error(404, "template 'base' not found"));
        try (var backend = cloud.open(directory)) {
            backend.create(Requests.usual());
            assertThat(catchThrowableOfType(ExtensionException.class, () -> backend.create(Requests.usual())))
                    .isNotNull();
        }
        assertThat(cloud.asked(V1)).isEmpty();
    }

    @Test
    void a_lifetime_beyond_the_plan_is_shortened_and_the_limit_is_remembered_for_the_account() {
        cloud.on(V2, ScriptedCloud.error(400, "Timeout cannot be greater than 1 hours"))
                .on(V2, 201, MADE);
        var extension = ScriptedCloud.extension();
        var wanted = Requests.with("base", Duration.ofHours(24), NetworkRules.ALLOW_ALL);
        for (int i = 0; i < 2; i++) {
            try (var backend = extension.open(ScriptedCloud.context(directory), cloud.credential())) {
                backend.create(wanted);
            }
        }
        assertThat(cloud.asked(V2)).hasSize(3);
        assertThat(body(V2, 0).path("timeout").asInt()).isBetween(86_390, 86_400);
        assertThat(body(V2, 1).path("timeout").asInt()).isEqualTo(3600);
        assertThat(body(V2, 2).path("timeout").asInt())
                .as("by another backend object")
                .isEqualTo(3600);
    }

    @Test
    void a_second_refusal_of_the_lifetime_is_final() {
        cloud.on(V2, ScriptedCloud.error(400, "Timeout cannot be greater than 1 hours"));
        var wanted = Requests.with("base", Duration.ofHours(24), NetworkRules.ALLOW_ALL);
        assertThat(failure(wanted).kind()).isEqualTo(Kind.INVALID);
        assertThat(cloud.asked(V2)).hasSize(2);
    }

    @Test
    void a_lifetime_is_rounded_up_to_seconds_and_never_zero() {
        var now = Instant.parse("2026-11-25T10:00:00.001Z");
        assertThat(Lifetimes.fromNow(() -> now, now.plusMillis(1))).isEqualTo(Duration.ofSeconds(1));
        assertThat(Lifetimes.fromNow(() -> now, now.plusMillis(1000))).isEqualTo(Duration.ofSeconds(1));
        assertThat(Lifetimes.fromNow(() -> now, now.plusMillis(1001))).isEqualTo(Duration.ofSeconds(2));
        assertThat(Lifetimes.fromNow(() -> now, now.minusSeconds(5))).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void a_known_tag_is_refused_before_a_creation_is_sent() {
        try (var knowing = new ScriptedCloud()
                .on("GET /v2/sandboxes", 200, "[" + ScriptedCloud.detail("inst-sb-1", "running") + "]")) {
            try (var backend = knowing.open(directory)) {
                var failure = catchThrowableOfType(ExtensionException.class, () -> backend.create(Requests.usual()));
                assertThat(failure.kind()).isEqualTo(Kind.INVALID);
                assertThat(failure.effect()).isEqualTo(Effect.NOT_APPLIED);
            }
            assertThat(knowing.asked(V2)).isEmpty();
        }
    }

    @Test
    void processes_restored_from_a_snapshot_are_killed() {
        cloud.on(V2, 201, MADE)
                .on("POST /process.Process/List", 200, "{\"processes\":[{\"config\":{\"cmd\":\"top\"},\"pid\":7}]}")
                .on(
                        "POST /process.Process/Start",
                        ScriptedCloud.stream(
                                "{\"event\":{\"start\":{\"pid\":9}}}", "{\"event\":{\"end\":{\"exited\":true}}}"));
        create(Requests.with("snapshot:snap1", HOUR, NetworkRules.ALLOW_ALL));
        assertThat(body(V2, 0).path("templateID").asString()).isEqualTo("snap1");
        var start = E2bJson.lenient(java.util.Arrays.copyOfRange(
                cloud.asked("POST /process.Process/Start").getFirst().body(),
                5,
                cloud.asked("POST /process.Process/Start").getFirst().body().length));
        assertThat(start.path("process").path("args").toString()).contains("\"KILL\",\"7\",\"group\"");
    }

    private void create(CreateRequest request) {
        try (var backend = cloud.open(directory)) {
            backend.create(request);
        }
    }

    private ExtensionException failure(CreateRequest request) {
        try (var backend = cloud.open(directory)) {
            return catchThrowableOfType(ExtensionException.class, () -> backend.create(request));
        }
    }

    private JsonNode body(String methodAndPath, int index) {
        return cloud.asked(methodAndPath).get(index).json();
    }
}
