package dev.sandboxer.hubs;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of one worker's turn on a claimed queue. The worker sends events until the hub does not accept one.
 *
 * @param accepted the ids of the events that the hub accepted
 * @param stopped the event at which it stopped; null = nothing failed
 * @param nextAt when the queue may be claimed again
 */
record Turn(Claim claim, List<String> accepted, @Nullable Stopped stopped, Instant nextAt) {
    Turn {
        accepted = List.copyOf(accepted);
    }

    /** An event that waits for delivery. */
    record Waiting(String id, String body, long attempts) {}

    /**
     * A queue from which only its owner delivers until the lease ends.
     *
     * @param owner id of this claim; never reused
     * @param events the first waiting events, in order
     * @param probe true if it was claimed to probe the hub
     */
    record Claim(String queue, String owner, Instant leaseUntil, List<Waiting> events, boolean probe) {
        Claim {
            events = List.copyOf(events);
        }
    }

    /** The event that the hub did not accept. */
    record Stopped(Waiting event, Answer answer) {}

    /** Returns why the turn stopped; null if nothing failed. */
    @Nullable String error() {
        return stopped == null
                ? null
                : switch (stopped.answer()) {
                    case Answer.Refused(var reason) -> reason;
                    case Answer.Unsettled unsettled -> unsettled.reason();
                    case Answer.Accepted _ -> null;
                };
    }

    /** Returns the hub's circuit after this turn. */
    Circuit applyTo(Circuit circuit, Instant now) {
        var after = accepted.isEmpty() ? circuit : circuit.afterSuccess();
        return stopped == null ? after : after.after(stopped.answer(), now, claim.probe());
    }
}
