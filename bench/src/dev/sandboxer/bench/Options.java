package dev.sandboxer.bench;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * What to do.
 *
 * @param root the checkout
 * @param dist the distribution that is measured
 * @param work a directory of our own, removed at the end
 * @param quick for a look: too few rounds for figures anybody should quote
 * @param record whether the table is added to RESULTS.md
 */
record Options(Path root, Path dist, Path work, boolean quick, boolean record) {
    static Options parse(String[] args) throws UsageException {
        var quick = false;
        var record = false;
        for (var arg : Arrays.asList(args).subList(3, args.length)) {
            switch (arg) {
                case "--quick" -> quick = true;
                case "--record" -> record = true;
                default -> throw new UsageException("what is " + arg + "? bench/run.sh [--quick] [--record]");
            }
        }
        return new Options(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]), quick, record);
    }

    /** Rounds whose times are thrown away, until the JIT has seen everything often enough. */
    int warmUp() {
        return quick ? 15 : 100;
    }

    int rounds() {
        return quick ? 10 : 100;
    }

    int processRounds() {
        return quick ? 5 : 30;
    }

    /** Batches of creations through servers. */
    int batches() {
        return quick ? 3 : 20;
    }

    /** Ticks of the meter of each sort. */
    int ticks() {
        return quick ? 3 : 12;
    }

    /** Rounds of deliveries; as many again warm up. */
    int deliveries() {
        return quick ? 3 : 15;
    }

    /** Lines of the bill. */
    int billLines() {
        return quick ? 100_000 : 1_000_000;
    }

    int billRounds() {
        return quick ? 2 : 3;
    }

    /** Sandboxes that rest at the same time. */
    int resting() {
        return quick ? 3 : 10;
    }
}
