package dev.sandboxer.http.e2b.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.http.e2b.edge.CallInterrupt.Cause;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CallInterruptTest {
    @Test
    void it_ends_what_its_thread_waits_for_and_leaves_nothing_behind() throws Exception {
        var interrupt = new CallInterrupt();
        assertThat(interrupt.begin()).isTrue();
        var other = Thread.ofVirtual().start(() -> interrupt.now(Cause.SANDBOX));
        var interrupted = false;
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted = true;
        }
        other.join();

        assertThat(interrupted).isTrue();
        assertThat(interrupt.end()).isEqualTo(Cause.SANDBOX);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void an_end_that_was_asked_for_before_the_work_keeps_it_from_beginning() {
        var interrupt = new CallInterrupt();
        interrupt.now(Cause.SANDBOX);

        assertThat(interrupt.begin()).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void one_that_comes_after_the_work_or_when_the_work_was_done_hits_nobody() {
        var interrupt = new CallInterrupt();
        interrupt.begin();
        interrupt.now(Cause.SANDBOX);
        assertThat(interrupt.end()).isEqualTo(Cause.SANDBOX);
        interrupt.now(Cause.SANDBOX);

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void an_interrupt_of_somebody_else_is_not_taken_away() {
        var interrupt = new CallInterrupt();
        interrupt.begin();
        Thread.currentThread().interrupt();

        assertThat(interrupt.end()).isEqualTo(Cause.NOBODY);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void a_sandbox_that_was_paused_counts_more_than_a_client_that_has_gone() {
        var interrupt = new CallInterrupt();
        interrupt.now(Cause.SANDBOX);
        interrupt.now(Cause.CLIENT);

        assertThat(interrupt.end()).isEqualTo(Cause.SANDBOX);
    }
}
