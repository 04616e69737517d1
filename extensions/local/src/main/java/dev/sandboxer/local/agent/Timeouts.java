package dev.sandboxer.local.agent;

import java.time.Duration;

/**
 * Limits on how long an agent may keep its caller waiting. It may be hostile.
 *
 * @param answer for one frame, from its first byte to its last, and for an answer that needs little work
 * @param work for an answer that comes only when all the work is done, such as removing a large tree, and for a whole list
 */
public record Timeouts(Duration answer, Duration work) {
    public static final Timeouts DEFAULT = new Timeouts(Duration.ofSeconds(30), Duration.ofMinutes(10));
}
