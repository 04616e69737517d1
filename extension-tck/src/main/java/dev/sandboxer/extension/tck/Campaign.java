package dev.sandboxer.extension.tck;

import java.util.SplittableRandom;
import org.junit.jupiter.api.function.ThrowingConsumer;

/**
 * Rounds of something random, each with a seed of its own that is printed: {@code -Dsoak.scale=40} for as many times more,
 * {@code -Dsoak.seed=42} to begin at another seed.
 */
public final class Campaign {
    private static final long FIRST_SEED = Long.getLong("soak.seed", 1);

    private Campaign() {}

    /**
     * Runs the rounds.
     *
     * @param name the campaign, as it is printed
     * @param usual how many rounds there are when nobody says so
     * @param round what to do in each round, with its own randomness
     * @throws Throwable whatever a round throws
     */
    public static void run(String name, int usual, ThrowingConsumer<SplittableRandom> round) throws Throwable {
        var rounds = usual * Integer.getInteger("soak.scale", 1);
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
