package dev.sandboxer.testing;

import dev.sandboxer.extension.ExtensionException.Kind;
import java.time.Duration;

/** What can go wrong with one call of a {@link FakeCloud}. */
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

    /** A definite no. */
    record Refused(Kind kind, String message) implements Fault {}

    /** A definite no, with the wish to be asked again after that time. */
    record Throttled(Duration retryAfter) implements Fault {}

    /** It was done, and the answer was lost. */
    record AnswerLost() implements Fault {}

    /** It was not done, and the caller can't know. */
    record RequestLost() implements Fault {}

    /** The caller gives up waiting, and it is done only later, by {@link FakeCloud#catchUp}. */
    record Late() implements Fault {}

    /** A look-up or a listing answers as if there were nothing. */
    record SeesNothing() implements Fault {}

    static Fault refused(Kind kind) {
        return new Refused(kind, "fake " + kind);
    }
}
