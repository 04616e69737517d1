package dev.sandboxer.stub.plan;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * To which calls something happens, and how often.
 *
 * @param text as it was written
 * @param operation null = any
 * @param after how many matching calls are left alone at first
 * @param every strikes each so-manieth call after those; 1 = each
 * @param times how many are struck at most; {@link #ALWAYS} = no limit
 * @param chance strikes that many of 100 of those, 1 to 100, by the plan's seed
 */
public record Rule(
        String text, @Nullable Operation operation, Fault fault, int after, int every, int times, int chance) {
    public static final int ALWAYS = Integer.MAX_VALUE;

    static final int CERTAIN = 100;

    boolean matches(Operation called) {
        return operation == null || operation == called;
    }

    /**
     * Whether a call is struck.
     *
     * @param index of this rule in its plan
     * @param call how many matching calls there were, this one included
     * @param struck how many of them were struck
     */
    boolean strikes(long seed, int index, long call, long struck) {
        var turn = call - after;
        return turn > 0 && turn % every == 0 && struck < times && draw(seed, index, call) < chance;
    }

    /** From 0 to 99, and the same for the same call in each process. */
    private static int draw(long seed, int index, long call) {
        return new SplittableRandom(seed + (((long) index) << 40) + (call << 8)).nextInt(CERTAIN);
    }
}
