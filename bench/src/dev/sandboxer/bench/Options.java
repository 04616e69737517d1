package dev.sandboxer.bench;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * The options of a run.
 *
 * @param root the checkout
 * @param dist the distribution that is measured
 * @param work a temporary directory, removed at the end
 * @param quick true = few rounds, not for figures to quote
 * @param record true = add the report to RESULTS.md
 */
record Options(Path root, Path dist, Path work, boolean quick, boolean record) {
    static Options parse(String[] args) throws UsageException {
        var quick = false;
        var record = false;
        for (var arg : Arrays.asList(args).subList(3, args.length)) {
            switch (arg) {
                case "--quick" -> quick = true;
                case "--record" -> record = true;
                default -> throw new UsageException(
                        "unknown argument " + arg + "; usage: bench/run.sh [--quick] [--record]");
            }
        }
        return new Options(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]), quick, record);
    }

    /** Rounds before the measured ones, in which the JIT compiles. Their times are dropped. */
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

    /** Ticks of the meter of each kind. */
    int ticks() {
        return quick ? 3 : 12;
    }

    /** Rounds of deliveries, and as many before them to warm up. */
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

    /** Idle sandboxes at the same time, for the memory at rest. */
    int resting() {
        return quick ? 3 : 10;
    }
}
