package dev.sandboxer.routing;

import dev.sandboxer.profiles.Profile;
import dev.sandboxer.routing.Verdict.Eligible;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where a sandbox would run, and why.
 *
 * @param ttl for which the worst case of its cost is told
 * @param verdicts one for each extension of the profile's route; those that could take it stand in the order in which they are
 *     tried
 */
public record Route(Profile profile, Duration ttl, List<Verdict> verdicts) {
    public Route {
        verdicts = List.copyOf(verdicts);
    }

    /** The one that is tried first; empty when none could take it. */
    public Optional<Eligible> chosen() {
        return verdicts.stream()
                .flatMap(verdict -> verdict instanceof Eligible eligible
                        ? Optional.of(eligible).stream()
                        : Optional.<Eligible>empty().stream())
                .findFirst();
    }
}
