package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final long SEED = 20_261_124;

    private final Backoff backoff = new Backoff(new Random(SEED));

    @Test
    void the_ceiling_doubles_from_a_second_to_five_minutes() {
        assertThat(IntStream.rangeClosed(1, 10).mapToObj(Backoff::ceiling).map(Duration::toSeconds))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L);
        assertThat(Backoff.ceiling(Long.MAX_VALUE)).isEqualTo(Backoff.MAX_CEILING);
    }

    @Test
    void waits_are_spread_over_all_the_time_below_the_ceiling() {
        System.out.println("BackoffTest: seed " + SEED);
        var waits = IntStream.range(0, 1_000)
                .mapToLong(i -> backoff.next(9, null).toMillis())
                .summaryStatistics();
        assertThat(waits.getMin()).isBetween(Backoff.MIN_WAIT.toMillis(), 5_000L);
        assertThat(waits.getMax()).isBetween(250_000L, 256_000L);
        assertThat(waits.getAverage()).isBetween(115_000.0, 141_000.0);
    }

    @Test
    void no_wait_is_shorter_than_the_hub_asked_for_unless_that_is_more_than_an_hour() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(backoff.next(1, Duration.ofSeconds(30))).isEqualTo(Duration.ofSeconds(30));
        }
        assertThat(backoff.next(1, Duration.ofDays(1))).isEqualTo(Backoff.MAX_RETRY_AFTER);
        assertThat(backoff.next(1, Duration.ofDays(-1))).isBetween(Backoff.MIN_WAIT, Backoff.FIRST_CEILING);
    }
}
