package dev.sandboxer.stub.plan;

import dev.sandboxer.extension.ExtensionException.Kind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A fault that a rule injects into a call. */
public sealed interface Fault {
    /**
     * The call has no effect and fails.
     *
     * @param retryAfter when to retry; null = not stated
     */
    record Refuse(Kind kind, @Nullable Duration retryAfter) implements Fault {}

    /** The call has no effect, and fails after that time with effect {@code UNKNOWN}. */
    record Hang(Duration time) implements Fault {}

    /** The call takes effect, and fails with effect {@code UNKNOWN}. */
    record LoseResponse() implements Fault {}

    /** The sandbox is created, the answer is lost, and for that time no look-up shows the sandbox. */
    record Late(Duration time) implements Fault {}

    /** The call takes effect, and succeeds only after that time. */
    record Slow(Duration time) implements Fault {}

    /** The call's sandbox ends just before the call. */
    record Expire() implements Fault {}

    /** The call finds nothing, even if there is something. */
    record Empty() implements Fault {}
}
