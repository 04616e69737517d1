package dev.sandboxer.hubs;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of one attempt to deliver an event. */
sealed interface Answer {
    /** The hub has it, now or since an earlier attempt. */
    record Accepted() implements Answer {}

    /**
     * The hub will never take it.
     *
     * @param reason for people; without secrets
     */
    record Refused(String reason) implements Answer {}

    /**
     * Perhaps the hub has it; it is sent again.
     *
     * @param reason for people; without secrets
     * @param retryAfter how long the hub wants to be left alone; null = it didn't say
     */
    record Unsettled(String reason, @Nullable Duration retryAfter) implements Answer {}
}
