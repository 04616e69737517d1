package dev.sandboxer.modal.rpc;

import java.time.Duration;

/**
 * Limits of calls to Modal, and the delays between retries.
 *
 * @param response for the answer to a call
 * @param creation for the answer to a creation, which waits for a machine
 * @param build for an image
 * @param queue for a GPU, for each type that is tried
 * @param input for one piece of input, which waits for the process inside to read
 * @param stream for one stream of output, which is then opened again where it ended
 * @param outage how long a sandbox may be out of reach before a stream or a call gives up
 * @param throttle how long one call waits in all when Modal asks to come back later
 * @param retryDelay before the first retry; doubles with each one
 * @param poll between two looks at a queue, or at a listing that may lag behind
 */
public record Timeouts(
        Duration response,
        Duration creation,
        Duration build,
        Duration queue,
        Duration input,
        Duration stream,
        Duration outage,
        Duration throttle,
        Duration retryDelay,
        Duration poll) {
    public static final Timeouts DEFAULT = new Timeouts(
            Duration.ofSeconds(60),
            Duration.ofSeconds(120),
            Duration.ofMinutes(30),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofMinutes(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofMillis(100),
            Duration.ofMillis(500));
}
