package dev.sandboxer.stub.plan;

import dev.sandboxer.extension.ExtensionException.Kind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What happens to a call instead of, or beside, what it asks for. */
public sealed interface Fault {
    /**
     * It has no effect and fails.
     *
     * @param retryAfter when to come back; null = the cloud doesn't say
     */
    record Refuse(Kind kind, @Nullable Duration retryAfter) implements Fault {}

    /** It has no effect, and after that time fails with effect {@code UNKNOWN}. */
    record Hang(Duration time) implements Fault {}

    /** It takes effect, and fails with effect {@code UNKNOWN}. */
    record LoseResponse() implements Fault {}

    /** A sandbox is made, the answer is lost, and for that time no look-up shows the sandbox. */
    record Late(Duration time) implements Fault {}

    /** It takes effect, and succeeds only after that time. */
    record Slow(Duration time) implements Fault {}

    /** The sandbox that it is about ends just before. */
    record Expire() implements Fault {}

    /** It finds nothing, whatever there is. */
    record Empty() implements Fault {}
}
