package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.config.Durations;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** What users are told of a sandbox that gets less time than was asked for, since nobody can pay for more. */
final class CreditText {
    private CreditText() {}

    /**
     * One line for a sandbox that has just been made; empty when it has the time that was asked for.
     */
    static Optional<String> of(Sandbox sandbox) {
        var wanted = sandbox.times().wantedUntil();
        return wanted == null ? Optional.empty() : of(sandbox, Duration.between(sandbox.createdAt(), wanted));
    }

    /**
     * One line for a sandbox whose deadline has just been moved; empty when it has the time that was asked for.
     *
     * @param asked for that long
     */
    static Optional<String> of(Sandbox sandbox, Duration asked) {
        var wanted = sandbox.times().wantedUntil();
        if (wanted == null || !sandbox.isShortOfCredit()) {
            return Optional.empty();
        }
        var most = sandbox.terms().maxCost();
        var less = asked.minus(Duration.between(sandbox.deadline(), wanted)).truncatedTo(ChronoUnit.SECONDS);
        var lasts = "it lasts for " + Durations.format(less) + " of the " + Durations.format(asked) + " asked for: ";
        var whose = "the credit of consumer " + sandbox.consumer();
        return Optional.of(
                most == null
                        ? lasts + whose + " pays for no more; grant some: sandboxer credits grant " + sandbox.consumer()
                                + " AMOUNT"
                        : lasts + "its limit of " + most + ", or " + whose + ", pays for no more");
    }
}
