package dev.sandboxer.hubs;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one worker has done with a claimed queue: some events were accepted, and perhaps one was not, at which it stopped. The
 * rest wasn't sent.
 *
 * @param accepted ids of the events that the hub has
 * @param stopped null = nothing failed
 * @param nextAt when the queue may be claimed again
 */
record Turn(Claim claim, List<String> accepted, @Nullable Stopped stopped, Instant nextAt) {
    Turn {
        accepted = List.copyOf(accepted);
    }

    /** An event that waits. */
    record Waiting(String id, String body, long attempts) {}

    /**
     * A queue that only its owner delivers from until the lease ends.
     *
     * @param owner unique for ever
     * @param events the first that wait, in their order
     * @param probe whether it was claimed to see whether the hub is back
     */
    record Claim(String queue, String owner, Instant leaseUntil, List<Waiting> events, boolean probe) {
        Claim {
            events = List.copyOf(events);
        }
    }

    /** An event that the hub didn't accept. */
    record Stopped(Waiting event, Answer answer) {}

    /** Why it stopped; null when nothing failed. */
    @Nullable String error() {
        return stopped == null
                ? null
                : switch (stopped.answer()) {
                    case Answer.Refused(var reason) -> reason;
                    case Answer.Unsettled unsettled -> unsettled.reason();
                    case Answer.Accepted _ -> null;
                };
    }

    /** What the hub's circuit learns from it. */
    Circuit applyTo(Circuit circuit, Instant now) {
        var after = accepted.isEmpty() ? circuit : circuit.afterSuccess();
        return stopped == null ? after : after.after(stopped.answer(), now, claim.probe());
    }
}
