package dev.sandboxer.e2b.http;

import java.time.Duration;

/**
 * How long E2B may take.
 *
 * @param connect for a connection
 * @param answer for one answer, from sending the request to the last byte
 * @param work for an answer that comes when long work is done: a creation, a pause, the removal of a large tree
 * @param input for one piece of input, which waits for the process inside to read
 * @param silence how long a stream may say nothing, its signs of life included
 * @param pause between two tries of what may be repeated, doubled each time
 */
public record Patience(
        Duration connect, Duration answer, Duration work, Duration input, Duration silence, Duration pause) {
    /** envd sends a sign of life each 90 s to a client that asks for none, so silence has to be longer than that. */
    public static final Patience USUAL = new Patience(
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(120),
            Duration.ofMinutes(30),
            Duration.ofSeconds(120),
            Duration.ofMillis(250));
}
