package dev.sandboxer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs the same job in two processes that share a database. */
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
    private void workUntilInterrupted() {
        begun.countDown();
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Jobs startInOne() throws InterruptedException {
        var jobs = one.startJobs(List.of(new Job("job", PAUSE, () -> work(this::workUntilInterrupted))));
        begun.await();
        return jobs;
    }

    private Jobs startInTwo() {
        return two.startJobs(List.of(new Job("job", PAUSE, () -> work(runsOfTwo::incrementAndGet))));
    }

    @Test
    void only_one_process_runs_a_job_and_it_hands_over_at_once_when_it_closes() throws InterruptedException {
        var jobs = startInOne();
        try (var _ = startInTwo()) {
            jobs.close();
            await().atMost(Duration.ofSeconds(14)).until(() -> runsOfTwo.get() > 1);
        }
        assertThat(most).hasValue(1);
    }

    @Test
    void the_job_of_a_killed_process_is_taken_over_within_30_s() throws InterruptedException {
        startInOne();
        try (var _ = startInTwo()) {
            one.close(); // its heartbeats stop
            var killed = System.nanoTime();
            await().atMost(Duration.ofSeconds(30)).until(() -> runsOfTwo.get() > 0);
            assertThat(Duration.ofNanos(System.nanoTime() - killed)).isGreaterThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void a_run_that_fails_is_followed_by_another() {
        var runs = new AtomicInteger();
        try (var _ = one.startJobs(List.of(new Job("failing", PAUSE, () -> {
            if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("the first run fails");
            }
        })))) {
            await().atMost(Duration.ofSeconds(10)).until(() -> runs.get() > 2);
        }
    }
}
