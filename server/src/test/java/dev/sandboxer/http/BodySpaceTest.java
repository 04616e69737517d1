package dev.sandboxer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class BodySpaceTest {
    @AutoClose
    private final LiveExchange live = new LiveExchange();

    private final BodyMemory bodies = new BodyMemory(100);

    @Test
    void a_body_that_does_not_fit_waits_until_others_are_released() throws Exception {
        bodies.reserve(60, Duration.ZERO);
        var second = CompletableFuture.runAsync(() -> bodies.reserve(60, Duration.ofSeconds(30)));
        assertThat(second.isDone()).isFalse();

        bodies.release(60);

        second.get(30, TimeUnit.SECONDS);
    }

    @Test
    void a_body_that_has_waited_too_long_is_refused_with_a_time_to_retry() {
        bodies.reserve(60, Duration.ZERO);

        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> bodies.reserve(60, Duration.ofMillis(10)))
                .satisfies(e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED);
                    assertThat(e.retryAfter()).isPositive();
                });
        bodies.reserve(40, Duration.ZERO);
    }

    @Test
    void each_long_body_releases_its_space_for_the_next() {
        var body = "0123456789".repeat(300_000);
        for (int i = 0; i < 15; i++) {
            var answer = live.answer(
                    exchange -> exchange.bytes(200, "text/plain", exchange.body()),
                    "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n"
                            + body);
            assertThat(answer.body()).isEqualTo(body);
        }
    }
}
