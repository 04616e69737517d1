package dev.sandboxer.local.agent;

import java.time.Duration;

/**
 * How long an agent may keep us waiting, since it may be hostile.
 *
 * @param answer for one frame, from its first byte to its last, where there is something to say
 * @param work for answers that come only after all the work, such as removing a large tree, and for a whole list
 */
public record Timeouts(Duration answer, Duration work) {
    public static final Timeouts USUAL = new Timeouts(Duration.ofSeconds(30), Duration.ofMinutes(10));
}
