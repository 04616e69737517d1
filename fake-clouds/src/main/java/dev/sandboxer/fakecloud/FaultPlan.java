package dev.sandboxer.fakecloud;

import java.util.List;

/** What goes wrong, in order: of several rules that are about a request, the first that is not used up strikes. */
public record FaultPlan(List<FaultRule> rules) {
    /** Nothing goes wrong. */
    public static final FaultPlan NONE = new FaultPlan(List.of());

    public FaultPlan {
        rules = List.copyOf(rules);
    }
}
