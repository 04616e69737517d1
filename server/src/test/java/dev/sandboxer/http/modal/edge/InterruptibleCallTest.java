package dev.sandboxer.http.modal.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import org.junit.jupiter.api.Test;

class InterruptibleCallTest {
    private static final IllegalStateException DEFECT = new IllegalStateException("a defect");

    @Test
    void a_failure_after_the_client_has_left_becomes_an_interrupt() {
        var context = Context.current().withCancellation();
        context.run(() -> assertThatThrownBy(() -> InterruptibleCall.interruptibly(() -> {
                    context.cancel(null);
                    throw DEFECT;
                }))
                .isInstanceOf(InterruptedException.class)
                .hasCause(DEFECT));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void a_failure_while_the_client_waits_is_thrown() {
        var context = Context.current().withCancellation();
        context.run(() -> assertThatThrownBy(() -> InterruptibleCall.interruptibly(() -> {
                    throw DEFECT;
                }))
                .isSameAs(DEFECT));
        context.cancel(null);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
