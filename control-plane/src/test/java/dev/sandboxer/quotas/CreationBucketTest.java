package dev.sandboxer.quotas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.consumers.CreationRate;
import dev.sandboxer.quotas.CreationBucket.Empty;
import dev.sandboxer.quotas.CreationBucket.Taken;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CreationBucketTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    private Instant fullAt;

    /** Requests tokens at one moment; returns how many were granted. */
    private int taken(CreationRate rate, Instant now, int requests) {
        var granted = 0;
        for (int i = 0; i < requests; i++) {
            if (new CreationBucket(rate).take(fullAt, now) instanceof Taken(var next)) {
                fullAt = next;
                granted++;
            }
        }
        return granted;
    }

    @Test
    void a_full_bucket_gives_its_burst_and_no_more() {
        assertThat(taken(new CreationRate(1000, 3), NOON, 10)).isEqualTo(3);
    }

    @Test
    void tokens_come_back_one_by_one_and_never_more_than_the_burst() {
        var rate = new CreationRate(2000, 3);
        taken(rate, NOON, 3);

        assertThat(taken(rate, NOON.plusMillis(499), 10)).isZero();
        assertThat(taken(rate, NOON.plusMillis(500), 10)).isEqualTo(1);
        assertThat(taken(rate, NOON.plusSeconds(1), 10)).isEqualTo(1);
        assertThat(taken(rate, NOON.plusSeconds(900), 10)).isEqualTo(3);
    }

    @Test
    void an_empty_bucket_says_when_it_has_a_token() {
        var rate = new CreationRate(500, 1);
        taken(rate, NOON, 1);

        assertThat(new CreationBucket(rate).take(fullAt, NOON.plusMillis(700)))
                .isEqualTo(new Empty(Duration.ofMillis(1300)));
        assertThat(taken(rate, NOON.plusMillis(2000), 1)).isEqualTo(1);
    }

    @Test
    void a_clock_that_was_set_back_costs_one_burst_at_most() {
        var rate = new CreationRate(1000, 5);
        taken(rate, NOON.plusSeconds(86_400), 5);

        assertThat(new CreationBucket(rate).take(fullAt, NOON)).isEqualTo(new Empty(Duration.ofSeconds(1)));
    }

    @Test
    void in_any_time_no_more_are_granted_than_burst_and_rate_allow() {
        var seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            var rate = new CreationRate(1 + random.nextInt(20_000), 1 + random.nextInt(20));
            fullAt = null;
            var now = NOON;
            var granted = 0;
            for (int step = 0; step < 100; step++) {
                now = now.plusMillis(random.nextInt(400));
                granted += taken(rate, now, random.nextInt(5));
            }
            var most = rate.burst() + Duration.between(NOON, now).toMillis() * rate.thousandths() / 1_000_000.0;
            assertThat((double) granted).as("seed " + seed + ", " + rate).isLessThanOrEqualTo(most + 0.001);
        }
    }
}
