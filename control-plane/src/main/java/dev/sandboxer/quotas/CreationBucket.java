package dev.sandboxer.quotas;

import dev.sandboxer.consumers.CreationRate;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket whose only state is the moment at which it will be full again. Each creation takes a token and moves that moment
 * by the time that one token takes to refill.
 */
record CreationBucket(CreationRate rate) {
    /** The outcome of taking a token. */
    sealed interface Outcome {}

    /**
     * A token was taken.
     *
     * @param fullAt when the bucket will be full again
     */
    record Taken(Instant fullAt) implements Outcome {}

    /**
     * The bucket was empty.
     *
     * @param retryAfter how long until the next token
     */
    record Empty(Duration retryAfter) implements Outcome {}

    /**
     * Takes a token if there is one.
     *
     * @param fullAt as stored after the last creation; null = there was none. A moment too far in the future, after a change of the
     *     rate or the clock, counts as an empty bucket
     */
    Outcome take(@Nullable Instant fullAt, Instant now) {
        var interval = rate.interval();
        var empty = now.plus(interval.multipliedBy(rate.burst()));
        var before = fullAt == null || fullAt.isBefore(now) ? now : earlier(fullAt, empty);
        var after = before.plus(interval);
        return after.isAfter(empty) ? new Empty(Duration.between(empty, after)) : new Taken(after);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
