package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.testing.SettableClock;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The interpretation of a hub's answers, however strange. */
class HubClientTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final String SECRET = "whsec_ZmFrZS1zZWNyZXQtb2YtdGhpcy10ZXN0LTAwMQ==";
    private static final Answer ACCEPTED = new Answer.Accepted();

    private final SettableClock clock = new SettableClock(NOON);
    private final CountDownLatch ended = new CountDownLatch(1);

    @AutoClose
    private final HostileHub hub = new HostileHub();

    @AutoClose
    private final HubClient client = new HubClient(new HubSettings.Endpoint(hub.url(), null), clock);

    /** The limit in tests of answers that take too long. */
    @AutoClose
    private final HubClient withShortTimeout =
            new HubClient(new HubSettings.Endpoint(hub.url(), null), clock, Duration.ofMillis(500));

    @AfterEach
    void end() {
        ended.countDown();
    }

    private Answer send() throws InterruptedException {
        return client.send("e1", "{}");
    }

    @Test
    void an_event_is_posted_as_a_cloud_event_with_its_id_as_idempotency_key() throws Exception {
        assertThat(client.send("e1", "{\"a\":1}")).isEqualTo(ACCEPTED);

        var request = hub.requests().getFirst();
        assertThat(request.line()).isEqualTo("POST /events HTTP/1.1");
        assertThat(request.headers())
                .containsEntry("content-type", "application/cloudevents+json")
                .containsEntry("idempotency-key", "e1")
                .doesNotContainKeys("webhook-signature", "upgrade", "authorization");
        assertThat(request.body()).isEqualTo("{\"a\":1}");
    }

    @Test
    void with_a_secret_each_attempt_is_signed_anew_under_the_same_id() throws Exception {
        var signer = StandardWebhooks.of(SECRET);
        try (var signing = new HubClient(new HubSettings.Endpoint(hub.url(), signer), clock)) {
            signing.send("e1", "{}");
            clock.advance(Duration.ofHours(1));
            signing.send("e1", "{}");
        }
        assertThat(hub.requests())
                .extracting(r -> r.headers().get("webhook-id"))
                .containsExactly("e1", "e1");
        var receiver = StandardWebhooks.of(SECRET);
        for (int i = 0; i < 2; i++) {
            var headers = hub.requests().get(i).headers();
            var now = NOON.plus(Duration.ofHours(i));
            assertThat(headers).containsEntry("webhook-timestamp", Long.toString(now.getEpochSecond()));
            assertThat(receiver.verify(
                            headers.get("webhook-id"),
                            headers.get("webhook-timestamp"),
                            headers.get("webhook-signature"),
                            "{}".getBytes(StandardCharsets.UTF_8),
                            now))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"200 OK", "201 Created", "202 Accepted", "409 Conflict"})
    void success_and_conflict_mean_that_the_hub_has_the_event(String status) throws Exception {
        hub.answer(status, "", "whatever");
        assertThat(send()).isEqualTo(ACCEPTED);
    }

    @Test
    void lagos_answer_for_a_duplicate_means_that_the_hub_has_the_event() throws Exception {
        hub.answer(
                "422 Unprocessable Entity",
                "",
                "{\"status\":422,\"error\":\"Unprocessable Entity\",\"code\":\"validation_errors\","
                        + "\"error_details\":{\"transaction_id\":[\"value_already_exist\"]}}");
        assertThat(send()).isEqualTo(ACCEPTED);

        hub.answer("422 Unprocessable Entity", "", "{\"error_details\":{\"code\":[\"value_is_mandatory\"]}}");
        assertThat(send())
                .isEqualTo(new Answer.Refused("HTTP 422: {\"error_details\":{\"code\":[\"value_is_mandatory\"]}}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "407 Proxy", "413 Big"})
    void other_4xx_statuses_are_final_with_a_one_line_reason(String status) throws Exception {
        hub.answer(status, "", "no\r\n\tsuch\u0000 meter");
        assertThat(send()).isEqualTo(new Answer.Refused("HTTP " + status.substring(0, 3) + ": no such meter"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent", "304 Not Modified"})
    void redirects_are_final_and_not_followed(String status) throws Exception {
        hub.answer(status, "Location: " + hub.url() + "/elsewhere\r\n", "");
        assertThat(send())
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.reason()).contains(status.substring(0, 3), "redirect"));
        assertThat(hub.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"408 Timeout", "425 Early", "429 Slow", "500 Broken", "502 Bad", "503 Busy", "599 Odd"})
    void temporary_errors_are_retried(String status) throws Exception {
        hub.answer(status, "", "");
        assertThat(send()).isEqualTo(new Answer.Unsettled("HTTP " + status.substring(0, 3), null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "120 | PT2M",
                "0 | PT0S",
                "99999999999999999999 | PT596523H14M7S",
                "Tue, 24 Nov 2026 12:01:00 GMT | PT1M",
                "Tue, 24 Nov 2026 11:59:00 GMT | PT-1M",
                "-5 |",
                "soon |",
                "1.5 |"
            })
    void retry_after_is_read_as_seconds_or_as_a_date(String header, Duration expected) throws Exception {
        hub.answer("429 Slow", "Retry-After: " + header + "\r\n", "");
        assertThat(send()).isEqualTo(new Answer.Unsettled("HTTP 429", expected));
    }

    @Test
    void an_unreachable_hub_is_retried() throws Exception {
        hub.close();
        assertUnsettled(send(), "ConnectException");
    }

    @Test
    void an_unknown_host_is_retried() throws Exception {
        try (var nowhere = new HubClient(new HubSettings.Endpoint(URI.create("http://hub.invalid/x"), null), clock)) {
            assertUnsettled(nowhere.send("e1", "{}"), "no answer");
        }
    }

    @Test
    void a_dropped_answer_is_retried() throws Exception {
        hub.behave((socket, request) -> {});
        assertUnsettled(send(), "no answer");
    }

    @Test
    void an_answer_that_is_not_http_is_retried() throws Exception {
        hub.behave((socket, request) -> HostileHub.write(socket, "SSH-2.0-OpenSSH_9.6\r\n\r\n"));
        assertUnsettled(send(), "no answer");
    }

    @Test
    void endless_headers_are_retried() throws Exception {
        hub.behave((socket, request) -> {
            HostileHub.write(socket, "HTTP/1.1 200 OK\r\n");
            for (int i = 0; i < 100_000; i++) {
                HostileHub.write(socket, "X-" + i + ": " + "x".repeat(1_000) + "\r\n");
            }
        });
        assertUnsettled(send(), "no answer");
    }

    @Test
    void a_hanging_hub_is_abandoned_after_the_time_limit() throws Exception {
        hub.behave((socket, request) -> ended.await());
        assertUnsettled(withShortTimeout.send("e1", "{}"), "no answer within 500 ms");
    }

    @Test
    void a_status_counts_even_if_the_rest_of_the_answer_never_comes() throws Exception {
        hub.behave((socket, request) -> {
            HostileHub.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx");
            ended.await();
        });
        assertThat(withShortTimeout.send("e1", "{}")).isEqualTo(ACCEPTED);

        hub.behave((socket, request) ->
                HostileHub.write(socket, "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n" + "Content-Length: 10\r\n\r\nx"));
        assertThat(send()).isEqualTo(new Answer.Unsettled("HTTP 503", Duration.ofSeconds(7)));
    }

    @Test
    void a_422_without_a_complete_body_is_retried() throws Exception {
        hub.behave((socket, request) ->
                HostileHub.write(socket, "HTTP/1.1 422 Unprocessable Entity\r\nContent-Length: 100\r\n\r\n{"));
        assertUnsettled(send(), "no answer");
    }

    @Test
    void a_trickling_answer_is_abandoned_after_the_time_limit() throws Exception {
        hub.behave((socket, request) -> {
            for (char c : "HTTP/1.1 200 OK and so on and on and on".toCharArray()) {
                HostileHub.write(socket, "" + c);
                if (ended.await(100, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        });
        assertUnsettled(withShortTimeout.send("e1", "{}"), "no answer within 500 ms");
    }

    @Test
    void no_more_than_the_beginning_of_an_endless_answer_is_read() throws Exception {
        var written = new AtomicInteger();
        hub.behave((socket, request) -> {
            HostileHub.write(socket, "HTTP/1.1 400 Bad Request\r\n\r\n");
            while (written.addAndGet(10_000) < 2_000_000_000) {
                HostileHub.write(socket, "x".repeat(10_000));
            }
        });
        assertThat(send()).isEqualTo(new Answer.Refused("HTTP 400: " + "x".repeat(200)));
        assertThat(written.get()).isLessThan(100_000_000);
    }

    @Test
    void an_interrupt_cancels_the_request() throws Exception {
        var asked = new CountDownLatch(1);
        hub.behave((socket, request) -> {
            asked.countDown();
            ended.await();
        });
        var broken = new CountDownLatch(1);
        var thread = Thread.ofVirtual().start(() -> {
            try {
                client.send("e1", "{}");
            } catch (InterruptedException e) {
                broken.countDown();
            }
        });
        asked.await();
        thread.interrupt();
        thread.join();
        assertThat(broken.getCount()).isZero();
    }

    private static void assertUnsettled(Answer answer, String reason) {
        assertThat(answer).isInstanceOfSatisfying(Answer.Unsettled.class, unsettled -> {
            assertThat(unsettled.reason()).contains(reason);
            assertThat(unsettled.retryAfter()).isNull();
        });
    }
}
