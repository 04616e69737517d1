package dev.sandboxer.local.agent;

import java.time.Duration;

/**
 * Limits on how long an agent, which may be hostile, can keep its caller waiting.
 *
 * @param answer limit for one frame, from its first byte to its last, and for an answer that needs little work
 * @param work limit for an answer that comes only when all the work is done, such as removing a large tree, and for a whole list
 */
public record Timeouts(Duration answer, Duration work) {
    public static final Timeouts DEFAULT = new Timeouts(Duration.ofSeconds(30), Duration.ofMinutes(10));
}
