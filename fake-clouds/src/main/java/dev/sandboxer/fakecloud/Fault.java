package dev.sandboxer.fakecloud;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A fault that a rule injects into a request. */
public sealed interface Fault {
    /**
     * The request has no effect, and gets this answer.
     *
     * @param status HTTP status, or number of a gRPC status
     * @param headers all headers except the length
     */
    record Answer(int status, Map<String, String> headers, String body) implements Fault {
        public Answer {
            headers = Map.copyOf(headers);
        }
    }

    /**
     * The request has no effect and no answer; after that time the connection is cut.
     *
     * @param time null = until the server stops
     */
    record Hang(@Nullable Duration time) implements Fault {}

    /** The connection is cut after that many bytes of the answer's body, if the body has at least as many. */
    record CutAnswer(long bytes) implements Fault {}

    /** The connection is cut after that many bytes of the request's body, if the body has more. */
    record CutRequest(long bytes) implements Fault {}

    /** The request takes effect; the connection is cut in place of an answer. */
    record LoseAnswer() implements Fault {}

    /** The request takes effect, but gets this answer. */
    record ApplyThen(Answer answer) implements Fault {}

    /** The request's sandbox ends just before the request. */
    record Expire() implements Fault {}

    /** The answer is sent in pieces with that pause before each; a piece has at most 1 KiB, or is one gRPC message. */
    record Slow(Duration pause) implements Fault {}

    /** gRPC only: the call has no effect, and gets an answer message without fields. */
    record Empty() implements Fault {}

    /**
     * Modal only: the build of the requested image fails.
     *
     * @param log the log of the build
     */
    record FailBuild(String log) implements Fault {}
}
