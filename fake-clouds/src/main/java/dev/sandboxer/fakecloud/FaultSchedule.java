package dev.sandboxer.fakecloud;

import java.util.Optional;

/** Applies a plan to requests, and counts for each rule the requests that it matched and those that got its fault. Thread-safe. */
public final class FaultSchedule {
    private final FaultPlan plan;
    private final int[] seen;
    private final int[] struck;

    public FaultSchedule(FaultPlan plan) {
        this.plan = plan;
        this.seen = new int[plan.rules().size()];
        this.struck = new int[plan.rules().size()];
    }

    /**
     * Returns the fault for the next request, and counts the request. A rule counts the requests that it matches and that got no fault from
     * an earlier rule.
     */
    public synchronized Optional<Fault> next(Call call) {
        for (int i = 0; i < seen.length; i++) {
            var rule = plan.rules().get(i);
            if (!rule.matches(call)) {
                continue;
            }
            seen[i]++;
            if (seen[i] > rule.after() && struck[i] < rule.times()) {
                struck[i]++;
                return Optional.of(rule.fault());
            }
        }
        return Optional.empty();
    }
}
