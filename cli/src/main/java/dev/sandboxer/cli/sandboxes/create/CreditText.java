package dev.sandboxer.cli.sandboxes.create;

import dev.sandboxer.config.units.Durations;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Tells users that a sandbox gets less time than they asked for because the credit does not suffice. */
public final class CreditText {
    private CreditText() {}

    /**
     * Returns one line for a sandbox that was just created; empty when it has the requested time.
     */
    public static Optional<String> of(Sandbox sandbox) {
        var wanted = sandbox.times().wantedUntil();
        return wanted == null ? Optional.empty() : of(sandbox, Duration.between(sandbox.createdAt(), wanted));
    }

    /**
     * Returns one line for a sandbox whose deadline was just moved; empty when it has the requested time.
     *
     * @param asked the requested time
     */
    public static Optional<String> of(Sandbox sandbox, Duration asked) {
        var wanted = sandbox.times().wantedUntil();
        if (wanted == null || !sandbox.isShortOfCredit()) {
            return Optional.empty();
        }
        var most = sandbox.terms().maxCost();
        var less = asked.minus(Duration.between(sandbox.deadline(), wanted)).truncatedTo(ChronoUnit.SECONDS);
        var lasts =
                "the sandbox gets " + Durations.format(less) + " of the requested " + Durations.format(asked) + ": ";
        var whose = "the credit of consumer " + sandbox.consumer();
        return Optional.of(
                most == null
                        ? lasts + whose + " pays for no more; grant some: sandboxer credits grant " + sandbox.consumer()
                                + " AMOUNT"
                        : lasts + "its limit of " + most + ", or " + whose + ", pays for no more");
    }
}
