package dev.sandboxer.fakecloud;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong, in order: of several rules that are about a request, the first that is not used up strikes.
 *
 * @param tokenLifetime how long tokens live that the cloud hands out; null = as long as usual
 */
public record FaultPlan(List<FaultRule> rules, @Nullable Duration tokenLifetime) {
    /** Nothing goes wrong. */
    public static final FaultPlan NONE = new FaultPlan(List.of());

    public FaultPlan {
        rules = List.copyOf(rules);
    }

    public FaultPlan(List<FaultRule> rules) {
        this(rules, null);
    }
}
