package dev.sandboxer.stub.plan;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A rule of a plan: which calls a fault strikes, and how often.
 *
 * @param text the rule as written in the plan
 * @param operation the call that it matches; null = any
 * @param after number of matching calls to skip at first
 * @param every strikes every nth matching call after those; 1 = each
 * @param times maximum number of calls that are struck; {@link #ALWAYS} = no limit
 * @param chance probability of a strike in percent, 1 to 100, drawn with the plan's seed
 */
public record Rule(
        String text, @Nullable Operation operation, Fault fault, int after, int every, int times, int chance) {
    public static final int ALWAYS = Integer.MAX_VALUE;

    static final int CERTAIN = 100;

    boolean matches(Operation called) {
        return operation == null || operation == called;
    }

    /**
     * Returns true if the rule strikes a call.
     *
     * @param index index of this rule in its plan
     * @param call number of matching calls so far, including this one
     * @param struck how many of them were struck
     */
    boolean strikes(long seed, int index, long call, long struck) {
        var turn = call - after;
        return turn > 0 && turn % every == 0 && struck < times && draw(seed, index, call) < chance;
    }

    /** Returns a number from 0 to 99, which is the same for the same call in every process. */
    private static int draw(long seed, int index, long call) {
        return new SplittableRandom(seed + (((long) index) << 40) + (call << 8)).nextInt(CERTAIN);
    }
}
