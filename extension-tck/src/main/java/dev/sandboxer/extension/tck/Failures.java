package dev.sandboxer.extension.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.OperationException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What a call must fail with. */
final class Failures {
    private Failures() {}

    static void refuses(OperationException.Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        OperationException.class,
                        e -> assertThat(e.reason()).as(e.toString()).isEqualTo(reason))
                .message()
                .isNotBlank();
    }

    static void refuses(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(OperationException.class);
    }

    static void fails(ExtensionException.Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ExtensionException.class,
                        e -> assertThat(e.kind()).as(e.toString()).isEqualTo(kind))
                .message()
                .isNotBlank();
    }

    static void failsWithoutEffect(ExtensionException.Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ExtensionException.class, e -> {
            assertThat(e.kind()).as(e.toString()).isEqualTo(kind);
            assertThat(e.effect()).as(e.toString()).isEqualTo(ExtensionException.Effect.NOT_APPLIED);
        });
    }
}
