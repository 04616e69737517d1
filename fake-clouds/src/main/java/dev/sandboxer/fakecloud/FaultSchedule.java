package dev.sandboxer.fakecloud;

import java.util.Optional;

/** Applies a plan to requests, and counts the requests that each rule has matched and struck. Thread-safe. */
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
     * Returns the fault that strikes the next request, and counts the request. A rule counts the requests that it
     * matches and that no earlier rule struck.
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
