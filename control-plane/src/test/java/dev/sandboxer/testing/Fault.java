package dev.sandboxer.testing;

import dev.sandboxer.extension.ExtensionException.Kind;
import java.time.Duration;

/** A fault of one call of a {@link FakeCloud}. */
public sealed interface Fault {
    /** The calls that can fail. */
    enum Call {
        CHECK,
        CREATE,
        FIND,
        DESCRIBE,
        LIST,
        SET_DEADLINE,
        DESTROY,
        CONNECT,
        PAUSE,
        RESUME,
        SNAPSHOT,
        DELETE_SNAPSHOT,
        LOOK_UP_TARGET
    }

    /** The call is refused for certain. */
    record Refused(Kind kind, String message) implements Fault {}

    /** The call is refused for certain, with the time after which to try again. */
    record Throttled(Duration retryAfter) implements Fault {}

    /** The call takes effect, and the answer is lost. */
    record AnswerLost() implements Fault {}

    /** The call takes no effect, which the caller can't know. */
    record RequestLost() implements Fault {}

    /** The caller gives up waiting. The call takes effect later, in {@link FakeCloud#catchUp}. */
    record Late() implements Fault {}

    /** A look-up or a listing answers as if there were no sandboxes. */
    record SeesNothing() implements Fault {}

    static Fault refused(Kind kind) {
        return new Refused(kind, "fake " + kind);
    }
}
