package dev.sandboxer.http.e2b.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.http.e2b.edge.CallInterrupt.Cause;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class CallInterruptTest {
    @Test
    void cancelling_ends_a_wait_and_leaves_no_interrupt_behind() throws Exception {
        var interrupt = new CallInterrupt();
        assertThat(interrupt.begin()).isTrue();
        var other = Thread.ofVirtual().start(() -> interrupt.cancel(Cause.SANDBOX));
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
    void work_that_was_cancelled_before_does_not_begin() {
        var interrupt = new CallInterrupt();
        interrupt.cancel(Cause.SANDBOX);

        assertThat(interrupt.begin()).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void cancelling_at_the_end_of_the_work_or_later_leaves_no_interrupt() {
        var interrupt = new CallInterrupt();
        interrupt.begin();
        interrupt.cancel(Cause.SANDBOX);
        assertThat(interrupt.end()).isEqualTo(Cause.SANDBOX);
        interrupt.cancel(Cause.SANDBOX);

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void an_interrupt_from_elsewhere_is_kept() {
        var interrupt = new CallInterrupt();
        interrupt.begin();
        Thread.currentThread().interrupt();

        assertThat(interrupt.end()).isEqualTo(Cause.NOBODY);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void a_paused_sandbox_takes_precedence_over_a_client_that_left() {
        var interrupt = new CallInterrupt();
        interrupt.cancel(Cause.SANDBOX);
        interrupt.cancel(Cause.CLIENT);

        assertThat(interrupt.end()).isEqualTo(Cause.SANDBOX);
    }
}
