package dev.sandboxer.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.routing.PastAttempt.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpeedTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

    @Test
    void without_attempts_nothing_is_known() {
        assertThat(Speed.of(List.of(), NOW)).isEmpty();
    }

    @Test
    void it_is_the_mean_time_of_creations() {
        assertThat(Speed.of(List.of(made(Duration.ZERO, 100), made(Duration.ZERO, 300)), NOW))
                .hasValue(Duration.ofMillis(200));
    }

    @Test
    void an_account_that_fails_every_second_time_is_half_as_fast() {
        var failed = new PastAttempt(NOW, NOW.plusMillis(100), Result.FAILED, null, "broken");
        assertThat(Speed.of(List.of(made(Duration.ZERO, 100), failed), NOW)).hasValue(Duration.ofMillis(200));
    }

    @Test
    void an_account_that_only_fails_is_slower_than_any_other() {
        var failed = new PastAttempt(NOW, NOW, Result.FAILED, null, "broken");
        assertThat(Speed.of(List.of(failed), NOW))
                .hasValueSatisfying(speed -> assertThat(speed).isGreaterThan(Duration.ofHours(1)));
    }

    @Test
    void after_a_quarter_of_an_hour_an_attempt_counts_half() {
        assertThat(Speed.of(List.of(made(Duration.ZERO, 100), made(Duration.ofMinutes(15), 400)), NOW))
                .hasValue(Duration.ofMillis(200));
    }

    @Test
    void attempts_older_than_about_an_hour_are_forgotten() {
        assertThat(Speed.of(List.of(made(Duration.ofMinutes(59), 100)), NOW)).isPresent();
        assertThat(Speed.of(List.of(made(Duration.ofMinutes(61), 100)), NOW)).isEmpty();
    }

    @Test
    void a_request_that_could_not_succeed_anywhere_does_not_count() {
        var declined = new PastAttempt(NOW, NOW, Result.DECLINED, null, "no such template");
        assertThat(Speed.of(List.of(declined), NOW)).isEmpty();
    }

    private static PastAttempt made(Duration ago, long millis) {
        var at = NOW.minus(ago);
        return new PastAttempt(at, at.plusMillis(millis), Result.CREATED, null, null);
    }
}
