package dev.sandboxer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.testing.PostgresServer;
import dev.sandboxer.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jobs of two processes that share a database. */
class LeasedJobsTest {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final TestDatabase shared = PostgresServer.fresh();
    private final Database one = shared.open();
    private final Database two = shared.open();
    private final AtomicInteger atWork = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger runsOfTwo = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void close() {
        over.countDown();
        one.close();
        two.close();
    }

    private void work(Runnable what) {
        most.accumulateAndGet(atWork.incrementAndGet(), Math::max);
        try {
            what.run();
        } finally {
            atWork.decrementAndGet();
        }
    }

    /** Works until it is interrupted, or the test is over. */
    private void workForLong() {
        begun.countDown();
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Jobs beginForLong() throws InterruptedException {
        var jobs = one.begin(List.of(new Job("job", PAUSE, () -> work(this::workForLong))));
        begun.await();
        return jobs;
    }

    private Jobs beginOfTwo() {
        return two.begin(List.of(new Job("job", PAUSE, () -> work(runsOfTwo::incrementAndGet))));
    }

    @Test
    void one_is_at_work_and_hands_over_at_once_when_it_is_closed() throws InterruptedException {
        var jobs = beginForLong();
        try (var _ = beginOfTwo()) {
            jobs.close();
            await().atMost(Duration.ofSeconds(14)).until(() -> runsOfTwo.get() > 1);
        }
        assertThat(most).hasValue(1);
    }

    @Test
    void the_job_of_one_that_was_killed_is_taken_over_within_30_s() throws InterruptedException {
        beginForLong();
        try (var _ = beginOfTwo()) {
            one.close(); // nothing is heard of it any more
            var killed = System.nanoTime();
            await().atMost(Duration.ofSeconds(30)).until(() -> runsOfTwo.get() > 0);
            assertThat(Duration.ofNanos(System.nanoTime() - killed)).isGreaterThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void a_run_that_fails_is_followed_by_another() {
        var runs = new AtomicInteger();
        try (var _ = one.begin(List.of(new Job("failing", PAUSE, () -> {
            if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("the first run fails");
            }
        })))) {
            await().atMost(Duration.ofSeconds(10)).until(() -> runs.get() > 2);
        }
    }
}
