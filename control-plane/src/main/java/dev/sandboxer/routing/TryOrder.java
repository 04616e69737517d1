package dev.sandboxer.routing;

import dev.sandboxer.profiles.RoutePolicy;
import dev.sandboxer.routing.Verdict.Eligible;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sorts eligible extensions into the order in which they are tried.
 *
 * @param history the latest attempts in their accounts, newest first; used only for the policy {@code FASTEST}
 */
record TryOrder(Map<Account, List<PastAttempt>> history, InstantSource clock) {
    /**
     * Returns the verdicts with the eligible ones first, or unchanged if the route's own order applies.
     *
     * @param preference the extension that the request names is tried first
     */
    List<Verdict> sort(List<Verdict> verdicts, RoutePolicy policy, @Nullable Preference preference) {
        var eligible = new ArrayList<Eligible>();
        var skipped = new ArrayList<Verdict>();
        for (Verdict verdict : verdicts) {
            switch (verdict) {
                case Eligible one -> eligible.add(one);
                case Verdict.Skipped one -> skipped.add(one);
            }
        }
        if (eligible.size() < 2 || policy == RoutePolicy.ORDER && preference == null) {
            return verdicts;
        }
        var sorted = new ArrayList<Verdict>(preferred(byPolicy(eligible, policy), preference));
        sorted.addAll(skipped);
        return sorted;
    }

    private List<Eligible> byPolicy(List<Eligible> eligible, RoutePolicy policy) {
        return switch (policy) {
            case ORDER -> eligible;
            case CHEAPEST -> cheapest(eligible);
            case FASTEST -> fastest(eligible);
        };
    }

    private static List<Eligible> cheapest(List<Eligible> eligible) {
        return eligible.stream()
                .sorted(Comparator.comparing(
                        one -> one.quote().worstCase(), Comparator.nullsLast(Comparator.naturalOrder())))
                .map(one -> one.noted(one.quote().worstCase() == null ? "last, because its price is unknown" : ""))
                .toList();
    }

    /** Sorts by speed. Accounts without a measurement come first, otherwise they would never be measured. */
    private List<Eligible> fastest(List<Eligible> eligible) {
        var now = clock.instant();
        return eligible.stream()
                .map(one -> new Measured(one, Speed.of(history.getOrDefault(one.account(), List.of()), now)))
                .sorted(Comparator.comparing(one -> one.speed().orElse(Duration.ZERO)))
                .map(Measured::noted)
                .toList();
    }

    private record Measured(Eligible eligible, Optional<Duration> speed) {
        Eligible noted() {
            return eligible.noted(speed.map(time -> "ready in " + time.toMillis() + " ms lately")
                    .orElse("not measured lately"));
        }
    }

    private static List<Eligible> preferred(List<Eligible> eligible, @Nullable Preference preference) {
        if (preference == null) {
            return eligible;
        }
        return eligible.stream()
                .sorted(Comparator.comparing(one -> !one.extension().equals(preference.extension())))
                .map(one -> one.extension().equals(preference.extension()) ? one.noted("asked for") : one)
                .toList();
    }
}
