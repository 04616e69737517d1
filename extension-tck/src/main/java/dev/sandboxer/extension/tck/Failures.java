package dev.sandboxer.extension.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Assertions that a call fails in a given way. */
public final class Failures {
    private Failures() {}

    /**
     * Checks that a call fails with an {@link OperationException} that has the given reason and a message.
     *
     * @param reason the expected reason
     * @param call the call
     */
    public static void refuses(OperationException.Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        OperationException.class,
                        e -> assertThat(e.reason()).as(e.toString()).isEqualTo(reason))
                .message()
                .isNotBlank();
    }

    /**
     * Checks that a call fails with an {@link OperationException}.
     *
     * @param call the call
     */
    public static void refuses(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(OperationException.class);
    }

    /**
     * Checks that a call fails with an {@link ExtensionException} that has the given kind and a message.
     *
     * @param kind the expected kind
     * @param call the call
     */
    public static void fails(ExtensionException.Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ExtensionException.class,
                        e -> assertThat(e.kind()).as(e.toString()).isEqualTo(kind))
                .message()
                .isNotBlank();
    }

    /**
     * Checks that a call fails with an {@link ExtensionException} of the given kind and the effect {@code NOT_APPLIED}.
     *
     * @param kind the expected kind
     * @param call the call
     */
    public static void failsWithoutEffect(ExtensionException.Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ExtensionException.class, e -> {
            assertThat(e.kind()).as(e.toString()).isEqualTo(kind);
            assertThat(e.effect()).as(e.toString()).isEqualTo(ExtensionException.Effect.NOT_APPLIED);
        });
    }
}
