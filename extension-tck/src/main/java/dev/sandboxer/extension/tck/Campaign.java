package dev.sandboxer.extension.tck;

import java.util.SplittableRandom;
import org.junit.jupiter.api.function.ThrowingConsumer;

/**
 * Runs a randomized test many times, each round with its own seed, and prints the seeds. {@code -Dsoak.scale=40} runs 40 times as many
 * rounds; {@code -Dsoak.seed=42} starts at seed 42.
 */
public final class Campaign {
    private static final long FIRST_SEED = Long.getLong("soak.seed", 1);

    private Campaign() {}

    /**
     * Runs the rounds.
     *
     * @param name the campaign's name in messages
     * @param defaultRounds number of rounds at scale 1
     * @param round runs one round with a generator that has the round's seed
     * @throws Throwable an {@link AssertionError} that names the seed of the failed round
     */
    public static void run(String name, int defaultRounds, ThrowingConsumer<SplittableRandom> round) throws Throwable {
        var rounds = defaultRounds * Integer.getInteger("soak.scale", 1);
        System.out.println(name + ": seeds " + FIRST_SEED + " to " + (FIRST_SEED + rounds - 1));
        for (long seed = FIRST_SEED; seed < FIRST_SEED + rounds; seed++) {
            try {
                round.accept(new SplittableRandom(seed));
            } catch (Throwable e) {
                throw new AssertionError(name + ", seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
