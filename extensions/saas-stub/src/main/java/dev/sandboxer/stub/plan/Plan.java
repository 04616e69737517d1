package dev.sandboxer.stub.plan;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the cloud behaves: of several rules that are about a call, the first that is not used up strikes.
 *
 * @param text as it was written; plans of the same text share their counters
 * @param latency what each call takes; null = no longer than it needs
 * @param capacity how many sandboxes may live at once; null = any number
 * @param maxLife the longest life that is granted; null = any
 * @param seed of rules with a chance
 */
public record Plan(
        String text,
        List<Rule> rules,
        @Nullable Duration latency,
        @Nullable Integer capacity,
        @Nullable Duration maxLife,
        long seed) {
    /** Nothing goes wrong. */
    public static final Plan NONE = new Plan("", List.of(), null, null, null, 1);

    public Plan {
        rules = List.copyOf(rules);
    }
}
