package dev.sandboxer.fakecloud;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The faults of a fake cloud. If several rules match a request, the first one that is not used up applies.
 *
 * @param tokenLifetime lifetime of the tokens that the cloud issues; null = the cloud's default
 */
public record FaultPlan(List<FaultRule> rules, @Nullable Duration tokenLifetime) {
    /** A plan without faults. */
    public static final FaultPlan NONE = new FaultPlan(List.of());

    public FaultPlan {
        rules = List.copyOf(rules);
    }

    public FaultPlan(List<FaultRule> rules) {
        this(rules, null);
    }
}
