package dev.sandboxer.bench;

import java.util.Arrays;

/** The times of one kind of action. */
public final class Samples {
    private long[] nanos = new long[256];
    private int count;

    public void add(long value) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = value;
    }

    public int count() {
        return count;
    }

    double medianMs() {
        var sorted = sorted();
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2e6;
    }

    /** Returns the 99th percentile by nearest rank. With fewer than 100 samples that is the worst one. */
    double p99Ms() {
        return sorted()[(int) Math.ceil(count * 0.99) - 1] / 1e6;
    }

    private long[] sorted() {
        var sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return sorted;
    }
}
