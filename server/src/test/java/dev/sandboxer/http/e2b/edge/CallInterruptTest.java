package dev.sandboxer.http.e2b.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CallInterruptTest {
    @Test
    void it_ends_what_its_thread_waits_for_and_leaves_nothing_behind() throws Exception {
        var interruption = new CallInterrupt();
        assertThat(interruption.begin()).isTrue();
        var other = Thread.ofVirtual().start(interruption::now);
        var interrupted = false;
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted = true;
        }
        other.join();

        assertThat(interrupted).isTrue();
        assertThat(interruption.end()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void an_end_that_was_asked_for_before_the_work_keeps_it_from_beginning() {
        var interruption = new CallInterrupt();
        interruption.now();

        assertThat(interruption.begin()).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void one_that_comes_after_the_work_or_when_the_work_was_done_hits_nobody() {
        var interruption = new CallInterrupt();
        interruption.begin();
        interruption.now();
        assertThat(interruption.end()).isTrue();
        interruption.now();

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void an_interrupt_of_somebody_else_is_not_taken_away() {
        var interruption = new CallInterrupt();
        interruption.begin();
        Thread.currentThread().interrupt();

        assertThat(interruption.end()).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }
}
