package dev.sandboxer.stub;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.stub.plan.Counters;
import dev.sandboxer.stub.plan.Operation;
import dev.sandboxer.stub.plan.Plan;
import dev.sandboxer.stub.plan.PlanReader;
import dev.sandboxer.stub.plan.RehearsedDelay;
import dev.sandboxer.stub.plan.Strike;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The plans that apply to a call: the plan of the sandbox's template, then the plan of the environment. A setting is taken from the first
 * plan that has it. The first rule that strikes decides what happens.
 */
record Rehearsal(List<Plan> plans, Counters counters) {
    /**
     * Reads the plans.
     *
     * @throws ExtensionException {@code INVALID}, {@code NOT_APPLIED} when a plan can't be read
     */
    static Rehearsal of(String template, String environment, Counters counters) {
        return new Rehearsal(
                List.of(read("the template's plan", template), read(SaasStubExtension.PLAN_VARIABLE, environment)),
                counters);
    }

    private static Plan read(String source, String text) {
        try {
            return text.isBlank() ? Plan.NONE : PlanReader.read(text);
        } catch (IllegalArgumentException e) {
            throw ExtensionException.notApplied(Kind.INVALID, source + ": " + e.getMessage());
        }
    }

    /** Makes a call with the latency and the fault that the plans set for it. */
    <T> T call(Operation operation, Supplier<T> work) {
        delay();
        return play(next(operation), work);
    }

    /** Does the work, with the fault of a rule if one strikes. */
    static <T> T play(Optional<Strike> strike, Supplier<T> work) {
        return strike.isPresent() ? strike.get().play(work) : work.get();
    }

    /** Waits for the latency that the plans set. */
    void delay() {
        var latency = setting(Plan::latency);
        if (latency != null) {
            RehearsedDelay.sleep(latency, Effect.NOT_APPLIED);
        }
    }

    /** Returns the rule that strikes the next call. Counts the call. */
    Optional<Strike> next(Operation operation) {
        return plans.stream()
                .map(plan -> counters.next(plan, operation))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Returns how many sandboxes may live at once; null = any number. */
    @Nullable Integer capacity() {
        return setting(Plan::capacity);
    }

    /** Returns the requested deadline, or an earlier one if the plans limit the lifetime. */
    Instant granted(Instant deadline, Instant now) {
        var longest = setting(Plan::maxLife);
        var latest = longest == null ? deadline : now.plus(longest);
        return latest.isBefore(deadline) ? latest : deadline;
    }

    private <T> @Nullable T setting(Function<Plan, @Nullable T> of) {
        return plans.stream().map(of).filter(Objects::nonNull).findFirst().orElse(null);
    }
}
