package dev.sandboxer.e2b.http;

import java.time.Duration;

/**
 * Timeouts of calls to E2B, and the delay between retries.
 *
 * @param connect for opening a connection
 * @param response for a response, from sending the request to the last byte
 * @param longWork for the response to a long call: a creation, a pause, the removal of a large tree
 * @param input for one piece of input, which waits for the process inside to read
 * @param idle how long a stream may send nothing, keep-alives included
 * @param retryDelay before the first retry; doubles with each one
 */
public record Timeouts(
        Duration connect, Duration response, Duration longWork, Duration input, Duration idle, Duration retryDelay) {
    /** {@code idle} exceeds the 90 s between the keep-alives that envd sends to a client that asks for none. */
    public static final Timeouts DEFAULT = new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(120),
            Duration.ofMinutes(30),
            Duration.ofSeconds(120),
            Duration.ofMillis(250));
}
