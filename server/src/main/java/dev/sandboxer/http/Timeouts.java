package dev.sandboxer.http;

import java.time.Duration;

/**
 * The times that a server waits for its clients.
 *
 * @param idle how long a connection may be silent, unless it carries a stream
 * @param head how long the head of a request may take to arrive, even if bytes keep arriving
 * @param body how long a body may take to arrive if it is held in memory, or discarded after the answer
 * @param linger how long a client may pause in the middle of its request after it was answered
 */
public record Timeouts(Duration idle, Duration head, Duration body, Duration linger) {
    public static final Timeouts DEFAULT =
            new Timeouts(Duration.ofSeconds(75), Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(5));

    public Timeouts {
        if (!idle.isPositive() || !head.isPositive() || !body.isPositive() || linger.isNegative()) {
            throw new IllegalArgumentException("idle, head and body must be positive, linger not negative");
        }
    }
}
