package dev.sandboxer.stub.plan;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the rehearsed cloud behaves. If several rules match a call, the first that is not used up strikes.
 *
 * @param text the text of the plan; plans with the same text share their counters
 * @param latency added to each call; null = none
 * @param capacity how many sandboxes may live at once; null = any number
 * @param maxLife the longest lifetime that is granted; null = any
 * @param seed seed of rules with a chance
 */
public record Plan(
        String text,
        List<Rule> rules,
        @Nullable Duration latency,
        @Nullable Integer capacity,
        @Nullable Duration maxLife,
        long seed) {
    /** A plan without faults. */
    public static final Plan NONE = new Plan("", List.of(), null, null, null, 1);

    public Plan {
        rules = List.copyOf(rules);
    }
}
