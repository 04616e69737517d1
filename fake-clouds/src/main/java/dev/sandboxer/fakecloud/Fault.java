package dev.sandboxer.fakecloud;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happens to a request instead of, or beside, what it asks for. */
public sealed interface Fault {
    /**
     * It has no effect, and gets this answer.
     *
     * @param status of HTTP, or of gRPC
     * @param headers beside the length
     */
    record Answer(int status, Map<String, String> headers, String body) implements Fault {
        public Answer {
            headers = Map.copyOf(headers);
        }
    }

    /**
     * It has no effect and no answer: after that time the connection is cut.
     *
     * @param time null = only when the server ends
     */
    record Hang(@Nullable Duration time) implements Fault {}

    /** The connection is cut after that many bytes of the answer's body, when it has as many. */
    record CutAnswer(long bytes) implements Fault {}

    /** The connection is cut after that many bytes of the request's body, when it has more. */
    record CutRequest(long bytes) implements Fault {}

    /** It takes effect; instead of an answer the connection is cut. */
    record LoseAnswer() implements Fault {}

    /** It takes effect, and gets an answer that says otherwise. */
    record ApplyThen(Answer answer) implements Fault {}

    /** The sandbox that it is about ends just before. */
    record Expire() implements Fault {}

    /** The answer comes in pieces of at most 1 KiB, or in gRPC in its messages, with that pause before each. */
    record Slow(Duration pause) implements Fault {}

    /** gRPC only: it has no effect, and gets an answer in which nothing is set. */
    record Empty() implements Fault {}

    /**
     * Modal only: the image that it asks for fails to build.
     *
     * @param log what the build says before it fails
     */
    record FailBuild(String log) implements Fault {}
}
