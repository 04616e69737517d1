package dev.sandboxer.modal.rpc;

import java.time.Duration;

/**
 * Timeouts of calls to Modal.
 *
 * @param response for the answer to a call
 * @param creation for the answer to a creation, which waits for a machine
 * @param build for an image build
 * @param queue for a GPU, for each type that is tried
 * @param input for one piece of input, which waits for the process inside to read
 * @param stream for one output stream, which is then reopened at its last offset
 * @param outage how long a sandbox may be unreachable before a stream or a call gives up
 * @param delays between retries and polls
 */
public record Timeouts(
        Duration response,
        Duration creation,
        Duration build,
        Duration queue,
        Duration input,
        Duration stream,
        Duration outage,
        Delays delays) {
    /**
     * Delays between calls.
     *
     * @param throttle how long one call waits in total when Modal throttles it
     * @param retry before the first retry; doubles with each one
     * @param poll between two polls of a queue, or of a listing that may lag behind
     */
    public record Delays(Duration throttle, Duration retry, Duration poll) {}

    public static final Timeouts DEFAULT = new Timeouts(
            Duration.ofSeconds(60),
            Duration.ofSeconds(120),
            Duration.ofMinutes(30),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofMinutes(10),
            Duration.ofSeconds(60),
            new Delays(Duration.ofSeconds(30), Duration.ofMillis(100), Duration.ofMillis(500)));
}
