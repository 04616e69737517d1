package dev.sandboxer.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Duration SHORT = Duration.ofMillis(1);

    @Test
    void a_job_runs_at_once_and_again() throws InterruptedException {
        var runs = new CountDownLatch(3);
        try (var schedule = new Schedule()) {
            schedule.every(SHORT, "job", runs::countDown);
            assertThat(runs.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void a_run_that_fails_does_not_stop_those_that_follow() throws InterruptedException {
        var runs = new CountDownLatch(3);
        try (var schedule = new Schedule()) {
            schedule.every(SHORT, "failing", () -> {
                runs.countDown();
                throw new IllegalStateException("this run fails");
            });
            assertThat(runs.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** For example, the reaper must run again after an OutOfMemoryError. */
    @Test
    void a_run_that_ends_in_an_error_does_not_stop_those_that_follow() throws InterruptedException {
        var runs = new CountDownLatch(3);
        try (var schedule = new Schedule()) {
            schedule.every(SHORT, "failing", () -> {
                runs.countDown();
                throw new AssertionError("this run fails");
            });
            assertThat(runs.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void one_job_does_not_wait_for_another() throws InterruptedException {
        var held = new CountDownLatch(1);
        var runs = new CountDownLatch(3);
        try (var schedule = new Schedule()) {
            schedule.every(SHORT, "stuck", () -> await(held));
            schedule.every(SHORT, "other", runs::countDown);
            assertThat(runs.await(30, TimeUnit.SECONDS)).isTrue();
            held.countDown();
        }
    }

    @Test
    void runs_of_one_job_never_overlap() throws InterruptedException {
        var inside = new AtomicInteger();
        var overlap = new AtomicBoolean();
        var runs = new CountDownLatch(20);
        try (var schedule = new Schedule()) {
            schedule.every(SHORT, "job", () -> {
                overlap.compareAndSet(false, inside.incrementAndGet() > 1);
                inside.decrementAndGet();
                runs.countDown();
            });
            assertThat(runs.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(overlap).isFalse();
    }

    @Test
    void closing_interrupts_a_run_in_progress_and_waits_for_it() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var interrupted = new AtomicBoolean();
        var later = new AtomicInteger();
        var schedule = new Schedule();
        schedule.every(SHORT, "job", () -> {
            if (begun.getCount() == 0) {
                later.incrementAndGet();
            }
            begun.countDown();
            interrupted.compareAndSet(false, await(new CountDownLatch(1)));
        });
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();

        schedule.close();

        assertThat(interrupted).isTrue();
        assertThat(later).hasValue(0);
    }

    @Test
    void closing_does_not_wait_for_the_pause_even_if_a_run_swallowed_the_interrupt() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var schedule = new Schedule();
        schedule.every(Duration.ofDays(1), "deaf", () -> {
            begun.countDown();
            await(new CountDownLatch(1));
        });
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();

        assertTimeoutPreemptively(Duration.ofSeconds(30), schedule::close);
    }

    /** Returns true if the wait was interrupted. */
    private static boolean await(CountDownLatch latch) {
        try {
            latch.await();
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }
}
