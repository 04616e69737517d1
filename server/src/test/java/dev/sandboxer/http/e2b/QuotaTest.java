package dev.sandboxer.http.e2b;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.consumers.CreationRate;
import dev.sandboxer.profiles.ProfileName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A consumer's limits over HTTP. One sandbox runs from the start. */
class QuotaTest {
    private static final ProfileName TEST = ProfileName.parse("test");
    private static final ProfileName SPARE = ProfileName.parse("spare");

    @TempDir
    private Path home;

    private PassedSandbox server;
    private String key;

    @BeforeEach
    void open() throws Exception {
        server = new PassedSandbox(home, peer -> {});
        key = server.key();
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private String ask(String method, String path, String body) throws Exception {
        return server.ask(method, path, "X-API-Key: " + key, body);
    }

    private String create(String more) throws Exception {
        return ask("POST", "/v2/sandboxes", "{\"templateID\":\"base\"" + more + "}");
    }

    private static ConsumerLimits live(int most) {
        return new ConsumerLimits(null, List.of(), most, null, null, null, null);
    }

    @Test
    void concurrent_creations_do_not_exceed_the_limit() throws Exception {
        server.limit(live(11));
        var clients = 100;
        var barrier = new CyclicBarrier(clients);
        var answers = new ArrayList<Future<String>>();
        try (var threads = Executors.newFixedThreadPool(clients)) {
            for (int i = 0; i < clients; i++) {
                answers.add(threads.submit(() -> {
                    barrier.await();
                    return create("");
                }));
            }
        }
        var made = 0;
        for (var answer : answers) {
            var text = answer.get();
            assertThat(text).containsPattern("^HTTP/1.1 (201|429) ");
            made += text.startsWith("HTTP/1.1 201") ? 1 : 0;
        }
        assertThat(made).isEqualTo(10);
        assertThat(server.cloud().running()).hasSize(11);
    }

    @Test
    void an_exhausted_quota_is_429_in_e2bs_form() throws Exception {
        server.limit(live(1));

        assertThat(create(""))
                .startsWith("HTTP/1.1 429")
                .contains("{\"code\":429,\"message\":\"consumer me has 1 of 1 live sandboxes; end one, or ask for more:"
                        + " sandboxer consumers set me --max-live 2\"}")
                .doesNotContain("Retry-After");
    }

    @Test
    void creating_too_fast_is_429_with_retry_after() throws Exception {
        server.limit(new ConsumerLimits(null, List.of(), null, null, null, new CreationRate(400, 1), null));

        assertThat(create("")).startsWith("HTTP/1.1 201");
        assertThat(create(""))
                .startsWith("HTTP/1.1 429")
                .contains("Retry-After: 3\r\n")
                .contains("try again in 2s500ms");
    }

    @Test
    void a_profile_that_is_not_allowed_is_neither_listed_nor_used() throws Exception {
        assertThat(ask("GET", "/templates", "")).contains("profile.test", "profile.spare");
        server.limit(new ConsumerLimits(null, List.of(SPARE), null, null, null, null, null));

        assertThat(ask("GET", "/templates", "")).contains("profile.spare").doesNotContain("profile.test");
        assertThat(ask("POST", "/v2/sandboxes", "{\"templateID\":\"test\"}"))
                .startsWith("HTTP/1.1 403")
                .contains("profile.test is not allowed for this consumer; it may use profile.spare");
        assertThat(create("")).startsWith("HTTP/1.1 201").contains("profile.spare");
        assertThat(ask("GET", "/v2/sandboxes?template=test", ""))
                .as("running sandboxes are still found")
                .startsWith("HTTP/1.1 200")
                .contains(server.sandbox().id().value());
    }

    @Test
    void the_template_base_is_the_consumers_own_default() throws Exception {
        server.limit(new ConsumerLimits(SPARE, List.of(), null, null, null, null, null));

        assertThat(create("")).startsWith("HTTP/1.1 201").contains("profile.spare");
        assertThat(ask("POST", "/v2/sandboxes", "{\"templateID\":\"test\"}")).startsWith("HTTP/1.1 201");
    }

    @Test
    void a_timeout_beyond_the_limit_is_refused_and_the_default_is_shortened() throws Exception {
        server.limit(new ConsumerLimits(null, List.of(), null, null, null, null, Duration.ofMinutes(2)));

        assertThat(create(",\"timeout\":121"))
                .startsWith("HTTP/1.1 400")
                .contains("Timeout cannot be greater than 2 minutes");
        assertThat(create("")).startsWith("HTTP/1.1 201");
        assertThat(ask("POST", "/sandboxes/" + server.sandbox().id() + "/timeout", "{\"timeout\":121}"))
                .startsWith("HTTP/1.1 400");
    }

    @Test
    void a_consumer_sees_its_limits_and_what_it_uses() throws Exception {
        server.limit(new ConsumerLimits(
                TEST, List.of(TEST), 5, 4000, 2048, new CreationRate(2000, 9), Duration.ofMinutes(20)));

        assertThat(ask("GET", "/api/v1/consumer", ""))
                .startsWith("HTTP/1.1 200")
                .contains("{\"id\":\"me\",\"defaultProfile\":\"profile.test\",\"profiles\":[\"profile.test\"],"
                        + "\"limits\":{\"maxLive\":5,\"maxCpuMillis\":4000,\"maxMemoryMiB\":2048,\"maxRate\":\"2/s:9\","
                        + "\"maxTtlMs\":1200000},\"used\":{\"live\":1,\"cpuMillis\":1000,\"memoryMiB\":512}}");
        assertThat(server.ask("GET /api/v1/consumer HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 401");
    }
}
