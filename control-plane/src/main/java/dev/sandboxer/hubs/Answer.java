package dev.sandboxer.hubs;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The outcome of one attempt to deliver an event. */
sealed interface Answer {
    /** The hub has the event, from this or an earlier attempt. */
    record Accepted() implements Answer {}

    /**
     * The hub will never accept the event.
     *
     * @param reason for people; without secrets
     */
    record Refused(String reason) implements Answer {}

    /**
     * The hub may have the event, but did not confirm it. It is sent again.
     *
     * @param reason for people; without secrets
     * @param retryAfter how long the hub asks us to wait; null = it did not say
     */
    record Unsettled(String reason, @Nullable Duration retryAfter) implements Answer {}
}
