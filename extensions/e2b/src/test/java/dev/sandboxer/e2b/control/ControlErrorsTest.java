package dev.sandboxer.e2b.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sandboxer.e2b.BrokenCloud;
import dev.sandboxer.e2b.Requests;
import dev.sandboxer.e2b.ScriptedCloud;
import dev.sandboxer.e2b.http.E2bJson;
import dev.sandboxer.e2b.http.HttpCalls;
import dev.sandboxer.e2b.http.Timeouts;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Failures of the control plane: their kind, effect and retry time, and that none of them shows the key. */
class ControlErrorsTest {
    private static final String CREATE = "POST /v2/sandboxes";
    private static final String LIST = "GET /v2/sandboxes";

    @TempDir
    Path directory;

    @AutoClose
    private final ScriptedCloud cloud = new ScriptedCloud().on(LIST, 200, "[]");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | Timeout must be greater than 0                                              |      | INVALID    | NOT_APPLIED
            401 | Invalid API key                                                             |      | CREDENTIAL | NOT_APPLIED
            403 | team is blocked                                                             |      | CREDENTIAL | NOT_APPLIED
            403 | team has no access to the template                                          |      | INVALID    | NOT_APPLIED
            409 | being changed                                                               |      | TRANSIENT  | NOT_APPLIED
            429 | you have reached the maximum number of concurrent E2B sandboxes (20)        |      | QUOTA      | NOT_APPLIED
            429 | maximum number of concurrent requests                                       | 7    | THROTTLED  | NOT_APPLIED
            429 | Rate limit exceeded                                                         | 7    | THROTTLED  | NOT_APPLIED
            429 | Rate limit exceeded                                                         |      | THROTTLED  | NOT_APPLIED
            500 | Failed to place sandbox                                                     |      | TRANSIENT  | UNKNOWN
            503 | no capacity                                                                 | 30   | CAPACITY   | NOT_APPLIED
            504 | placement timed out                                                         |      | TRANSIENT  | UNKNOWN
            418 | teapot                                                                      |      | INTERNAL   | UNKNOWN
            """)
    void a_refused_creation_is_classified_and_never_repeated(
            int status, String message, Integer retryAfter, Kind kind, Effect effect) {
        var headers = retryAfter == null ? new String[0] : new String[] {"Retry-After", retryAfter.toString()};
        cloud.on(CREATE, ScriptedCloud.error(status, message, headers));

        var failure = failure(backend -> backend.create(Requests.usual()));

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.effect()).isEqualTo(effect);
        assertThat(failure.retryAfter()).isEqualTo(retryAfter == null ? null : Duration.ofSeconds(retryAfter));
        assertThat(failure).hasMessageContaining(message).hasMessageContaining("" + status);
        assertThat(cloud.asked(CREATE)).hasSize(1);
    }

    @Test
    void a_503_of_a_proxy_leaves_the_effect_unknown() {
        cloud.on(CREATE, 503, "<html>Service Unavailable</html>");
        var failure = failure(backend -> backend.create(Requests.usual()));
        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.effect()).isEqualTo(Effect.UNKNOWN);
    }

    @Test
    void a_creation_whose_connection_is_refused_was_not_applied() throws Exception {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        var failure = failureOfCreation("http://127.0.0.1:" + port, ScriptedCloud.QUICK);
        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.effect()).isEqualTo(Effect.NOT_APPLIED);
    }

    @Test
    void a_creation_that_breaks_after_it_was_sent_has_an_unknown_effect_and_is_sent_once() {
        for (var answer : new String[] {"", "HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{\"sandboxID\""}) {
            try (var broken = new BrokenCloud(answer, true)) {
                var failure = failureOfCreation(broken.url(), ScriptedCloud.QUICK);
                assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
                assertThat(failure.effect()).isEqualTo(Effect.UNKNOWN);
                assertThat(broken.requests()).isEqualTo(1);
            }
        }
    }

    @Test
    void a_creation_without_an_answer_in_time_has_an_unknown_effect() {
        try (var silent = new BrokenCloud("", false)) {
            var quick = new Timeouts(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    Duration.ofMillis(300),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    Duration.ofMillis(1));
            var failure = failureOfCreation(silent.url(), quick);
            assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
            assertThat(failure.effect()).isEqualTo(Effect.UNKNOWN);
            assertThat(failure).hasMessageContaining("no answer");
        }
    }

    @Test
    void an_answer_without_a_valid_sandbox_id_leaves_the_effect_unknown() {
        for (var body : new String[] {"{}", "", "null", "[1]", "{\"sandboxID\":\"../x\"}", "{\"sandboxID\":7.5}"}) {
            try (var other = new ScriptedCloud().on(LIST, 200, "[]").on(CREATE, 201, body)) {
                var failure = failure(other, backend -> backend.create(Requests.usual()));
                assertThat(failure.kind()).as(body).isEqualTo(Kind.INTERNAL);
                assertThat(failure.effect()).as(body).isEqualTo(Effect.UNKNOWN);
            }
        }
    }

    @Test
    void a_new_sandbox_that_can_be_neither_described_nor_killed_leaves_the_effect_unknown() {
        cloud.on(CREATE, 201, "{\"sandboxID\":\"" + ScriptedCloud.SANDBOX + "\"}")
                .on("GET /sandboxes/" + ScriptedCloud.SANDBOX, ScriptedCloud.error(429, "Rate limit exceeded"));
        var failure = failure(backend -> backend.create(Requests.usual()));
        assertThat(failure.kind()).isEqualTo(Kind.THROTTLED);
        assertThat(failure.effect()).isEqualTo(Effect.UNKNOWN);
        assertThat(failure).hasMessageContaining(ScriptedCloud.SANDBOX);
    }

    @Test
    void a_new_sandbox_that_can_not_be_described_is_killed_and_the_creation_has_no_effect() {
        cloud.on(CREATE, 201, "{\"sandboxID\":\"" + ScriptedCloud.SANDBOX + "\"}")
                .on("GET /sandboxes/" + ScriptedCloud.SANDBOX, ScriptedCloud.error(500, "oops"))
                .on("DELETE /sandboxes/" + ScriptedCloud.SANDBOX, 204, "");
        var failure = failure(backend -> backend.create(Requests.usual()));
        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.effect()).isEqualTo(Effect.NOT_APPLIED);
        assertThat(failure).hasMessageContaining(ScriptedCloud.SANDBOX).hasMessageContaining("it was killed");
    }

    @Test
    void a_creation_is_not_sent_when_the_look_up_of_its_tag_fails() {
        try (var other = new ScriptedCloud()
                .on(LIST, ScriptedCloud.error(504, "timeout"))
                .on(CREATE, 201, "{}")) {
            var failure = failure(other, backend -> backend.create(Requests.usual()));
            assertThat(failure.effect()).isEqualTo(Effect.NOT_APPLIED);
            assertThat(other.asked(CREATE)).isEmpty();
        }
    }

    @Test
    void reads_and_removals_are_repeated_until_they_work() {
        cloud.on("DELETE /sandboxes/x", ScriptedCloud.error(500, "oops"))
                .on("DELETE /sandboxes/x", ScriptedCloud.error(429, "Rate limit exceeded", "Retry-After", "0"))
                .on("DELETE /sandboxes/x", 204, "")
                .on("GET /sandboxes/" + ScriptedCloud.SANDBOX, ScriptedCloud.error(502, "bad gateway"))
                .withSandbox();
        try (var backend = cloud.open(directory)) {
            backend.destroy(new BackendRef("x"));
            backend.connect(new BackendRef(ScriptedCloud.SANDBOX)).close();
        }
        assertThat(cloud.asked("DELETE /sandboxes/x")).hasSize(3);
    }

    @Test
    void a_long_retry_time_is_reported_and_not_waited_for() {
        cloud.on("DELETE /sandboxes/x", ScriptedCloud.error(429, "Rate limit exceeded", "Retry-After", "3600"));
        var failure = failure(backend -> backend.destroy(new BackendRef("x")));
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofHours(1));
        assertThat(cloud.asked("DELETE /sandboxes/x")).hasSize(1);
    }

    @Test
    void destroying_a_sandbox_that_is_gone_is_success() {
        cloud.on("DELETE /sandboxes/x", ScriptedCloud.error(404, "not found"));
        try (var backend = cloud.open(directory)) {
            backend.destroy(new BackendRef("x"));
        }
    }

    @Test
    void a_404_of_a_proxy_does_not_mean_that_a_sandbox_is_gone() {
        var page = "<html>404 page not found</html>";
        var box = new BackendRef(ScriptedCloud.SANDBOX);
        cloud.on("DELETE /sandboxes/" + box, 404, page)
                .on("GET /sandboxes/" + box, 404, page)
                .on("POST /sandboxes/" + box + "/timeout", 404, page);
        for (BackendCall call : List.<BackendCall>of(
                backend -> backend.destroy(box),
                backend -> backend.connect(box),
                backend -> backend.describe(box),
                backend -> backend.setDeadline(box, Instant.now().plusSeconds(60)))) {
            assertThat(failure(call).kind()).isEqualTo(Kind.TRANSIENT);
        }
    }

    @Test
    void a_description_without_our_tag_is_an_internal_failure() {
        var box = new BackendRef(ScriptedCloud.SANDBOX);
        cloud.on("GET /sandboxes/" + box, 200, ScriptedCloud.detail("", "running"));
        assertThat(failure(backend -> backend.describe(box)).kind()).isEqualTo(Kind.INTERNAL);
    }

    @Test
    void describing_a_sandbox_that_has_ended_returns_nothing() {
        var box = new BackendRef(ScriptedCloud.SANDBOX);
        cloud.on("GET /sandboxes/" + box, ScriptedCloud.error(404, "not found"));
        try (var backend = cloud.open(directory)) {
            assertThat(backend.describe(box)).isEmpty();
        }
    }

    @Test
    void the_check_asks_for_a_list_and_creates_nothing() {
        try (var backend = cloud.open(directory)) {
            backend.check();
        }
        assertThat(cloud.asked()).singleElement().satisfies(asked -> {
            assertThat(asked.method()).isEqualTo("GET");
            assertThat(asked.target()).isEqualTo("/v2/sandboxes?limit=1");
            assertThat(asked.header("X-API-KEY")).isEqualTo(ScriptedCloud.KEY);
        });
    }

    @Test
    void opening_makes_no_call() {
        cloud.open(directory).close();
        assertThat(cloud.asked()).isEmpty();
    }

    @Test
    void a_redirect_is_not_followed_with_the_key() {
        try (var elsewhere = new ScriptedCloud().on(LIST, 200, "[]")) {
            cloud.on("GET /v2/sandboxes", ScriptedCloud.json(200, "[]"));
            try (var redirecting = new ScriptedCloud()
                    .on(LIST, ScriptedCloud.json(307, "", "Location", elsewhere.url() + "/v2/sandboxes"))) {
                failure(redirecting, Backend::check);
            }
            assertThat(elsewhere.asked()).isEmpty();
        }
    }

    @Test
    void no_failure_shows_the_key_in_any_form() {
        var key = ScriptedCloud.KEY;
        var bytes = ("user:" + key).getBytes(StandardCharsets.UTF_8);
        var echo = key + " " + URLEncoder.encode(key, StandardCharsets.UTF_8) + " "
                + Base64.getEncoder().encodeToString(bytes) + " "
                + Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
        for (int status : new int[] {400, 401, 403, 409, 429, 500, 503, 504, 418}) {
            try (var echoing = new ScriptedCloud().on(LIST, ScriptedCloud.error(status, echo))) {
                var failure = failure(echoing, Backend::check);
                var text = new StringWriter();
                failure.printStackTrace(new PrintWriter(text));
                assertThat(text.toString())
                        .doesNotContain(key.substring(4, 20))
                        .doesNotContain(Base64.getEncoder()
                                .encodeToString(key.getBytes(StandardCharsets.UTF_8))
                                .substring(4, 24))
                        .doesNotContain(
                                Base64.getEncoder().encodeToString(bytes).substring(8, 28));
            }
        }
    }

    private ExtensionException failureOfCreation(String url, Timeouts timeouts) {
        try (var http = new HttpCalls(timeouts)) {
            var control = new ControlClient(http, url, ScriptedCloud.KEY, InstantSource.system());
            return failure(() -> control.create(E2bJson.object()));
        }
    }

    private interface BackendCall {
        void on(Backend backend);
    }

    private ExtensionException failure(BackendCall call) {
        return failure(cloud, call);
    }

    private ExtensionException failure(ScriptedCloud at, BackendCall call) {
        try (var backend = at.open(directory)) {
            return failure(() -> call.on(backend));
        }
    }

    private static ExtensionException failure(ThrowingCallable call) {
        var failure = catchThrowableOfType(ExtensionException.class, call);
        assertThat(failure).as("a failure").isNotNull();
        return failure;
    }
}
