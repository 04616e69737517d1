package dev.sandboxer.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.routing.PastAttempt.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

    @Test
    void an_account_without_attempts_may_be_used() {
        assertThat(CircuitBreaker.reasonAgainst(List.of(), NOW)).isEmpty();
    }

    @Test
    void it_opens_after_five_failures_in_a_row_and_says_what_failed() {
        assertThat(CircuitBreaker.reasonAgainst(failures(4, NOW), NOW)).isEmpty();
        assertThat(CircuitBreaker.reasonAgainst(failures(5, NOW), NOW))
                .hasValue("failed 5 times in a row; next attempt from 2026-11-29T12:00:30Z; last failure: broken");
    }

    @Test
    void one_success_among_them_keeps_it_closed() {
        var attempts = failures(6, NOW);
        attempts.set(3, attempt(NOW.minusSeconds(4), Result.CREATED));
        assertThat(CircuitBreaker.reasonAgainst(attempts, NOW)).isEmpty();
    }

    @Test
    void failures_caused_by_the_request_or_the_account_do_not_count() {
        var attempts = failures(4, NOW);
        for (int i = 0; i < 5; i++) {
            attempts.addFirst(attempt(NOW, Result.DECLINED));
        }
        assertThat(CircuitBreaker.reasonAgainst(attempts, NOW)).isEmpty();
    }

    @Test
    void failures_far_apart_are_not_in_a_row() {
        var attempts = failures(4, NOW);
        attempts.addAll(failures(4, NOW.minus(Duration.ofHours(1))));
        assertThat(CircuitBreaker.reasonAgainst(attempts, NOW)).isEmpty();
    }

    @Test
    void after_half_a_minute_one_attempt_probes_it_and_others_wait() {
        var attempts = failures(5, NOW);
        var later = NOW.plusSeconds(30);
        assertThat(CircuitBreaker.reasonAgainst(attempts, later)).isEmpty();

        attempts.addFirst(new PastAttempt(later, null, null, null, null));
        assertThat(CircuitBreaker.reasonAgainst(attempts, later.plusSeconds(5)))
                .hasValue("failed 5 times in a row; a probe is in progress");
        assertThat(CircuitBreaker.reasonAgainst(attempts, later.plus(CircuitBreaker.PROBE_LIMIT)))
                .as("a probe whose process died does not block the account for ever")
                .isEmpty();
    }

    @Test
    void a_probe_that_fails_keeps_it_open_for_twice_as_long_up_to_five_minutes() {
        assertThat(openFor(6)).isEqualTo(Duration.ofSeconds(60));
        assertThat(openFor(7)).isEqualTo(Duration.ofSeconds(120));
        assertThat(openFor(9)).isEqualTo(Duration.ofMinutes(5));
        assertThat(openFor(12)).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void a_probe_that_succeeds_closes_it() {
        var attempts = failures(9, NOW);
        attempts.addFirst(attempt(NOW, Result.CREATED));
        assertThat(CircuitBreaker.reasonAgainst(attempts, NOW)).isEmpty();
    }

    @Test
    void a_backends_request_to_wait_is_honoured_after_one_refusal() {
        var asked = new PastAttempt(NOW, NOW, Result.DECLINED, NOW.plusSeconds(7), "too many");
        assertThat(CircuitBreaker.reasonAgainst(List.of(asked), NOW.plusSeconds(6)))
                .hasValue("asked to wait until 2026-11-29T12:00:07Z");
        assertThat(CircuitBreaker.reasonAgainst(List.of(asked), NOW.plusSeconds(7)))
                .isEmpty();
    }

    private static Duration openFor(int failures) {
        var attempts = failures(failures, NOW);
        var open = Duration.ZERO;
        while (CircuitBreaker.reasonAgainst(attempts, NOW.plus(open)).isPresent()) {
            open = open.plusSeconds(1);
        }
        return open;
    }

    /** Returns failures a second apart, newest first, the newest ending at a time. */
    private static List<PastAttempt> failures(int number, Instant last) {
        var attempts = new ArrayList<PastAttempt>();
        for (int i = 0; i < number; i++) {
            attempts.add(attempt(last.minusSeconds(i), Result.FAILED));
        }
        return attempts;
    }

    private static PastAttempt attempt(Instant at, Result result) {
        return new PastAttempt(at, at, result, null, "broken");
    }

    @Test
    void it_considers_enough_attempts_to_reach_the_longest_pause() {
        assertThat(Optional.of(CircuitBreaker.ATTEMPTS))
                .hasValueSatisfying(most -> assertThat(openFor(most)).isEqualTo(CircuitBreaker.MAX_PAUSE));
    }
}
