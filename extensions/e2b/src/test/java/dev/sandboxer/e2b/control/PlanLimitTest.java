package dev.sandboxer.e2b.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PlanLimitTest {
    private static final Duration DAY = Duration.ofHours(24);

    private final PlanLimit limit = new PlanLimit();

    @Test
    void nothing_is_limited_before_a_refusal() {
        assertThat(limit.clamp(Duration.ofDays(1000))).isEqualTo(Duration.ofDays(1000));
        assertThat(limit.known()).isEmpty();
    }

    @Test
    void the_limit_is_learnt_from_the_refusal_in_each_unit() {
        assertThat(limit.learn("Timeout cannot be greater than 24 hours", Duration.ofDays(2)))
                .isTrue();
        assertThat(limit.clamp(Duration.ofDays(2))).isEqualTo(DAY);
        assertThat(limit.clamp(Duration.ofHours(1))).isEqualTo(Duration.ofHours(1));
        assertThat(limit.learn("E2B answered 400, Timeout cannot be greater than 1 hour", DAY))
                .isTrue();
        assertThat(limit.known()).contains(Duration.ofHours(1));
        assertThat(limit.learn("timeout cannot be greater than 90 minutes", DAY))
                .isTrue();
        assertThat(limit.known()).contains(Duration.ofMinutes(90));
        assertThat(limit.learn("Timeout cannot be greater than 45 seconds", DAY))
                .isTrue();
        assertThat(limit.known()).contains(Duration.ofSeconds(45));
    }

    @Test
    void a_refusal_without_a_usable_limit_is_not_learnt() {
        assertThat(limit.learn("Timeout must be greater than 0", DAY)).isFalse();
        assertThat(limit.learn("Timeout cannot be greater than 0 hours", DAY)).isFalse();
        assertThat(limit.learn("Timeout cannot be greater than 24 hours", DAY))
                .as("the limit is not below what was asked for")
                .isFalse();
        assertThat(limit.learn("Timeout cannot be greater than 99999999999999999999 hours", DAY))
                .isFalse();
        assertThat(limit.known()).isEmpty();
    }
}
