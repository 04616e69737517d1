package dev.sandboxer.routing;

import dev.sandboxer.profiles.Profile;
import dev.sandboxer.routing.Verdict.Eligible;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The result of routing: where a sandbox would run, and why.
 *
 * @param ttl the time to live for which worst-case costs are given
 * @param verdicts one for each extension of the profile's route; eligible ones in the order in which they are tried
 */
public record Route(Profile profile, Duration ttl, List<Verdict> verdicts) {
    public Route {
        verdicts = List.copyOf(verdicts);
    }

    /** Returns the eligible extension that is tried first; empty if none is eligible. */
    public Optional<Eligible> chosen() {
        return verdicts.stream()
                .flatMap(verdict -> verdict instanceof Eligible eligible
                        ? Optional.of(eligible).stream()
                        : Optional.<Eligible>empty().stream())
                .findFirst();
    }
}
