package dev.sandboxer.testing;

import java.util.ArrayList;
import java.util.List;

/**
 * The points of a run at which a SIGKILL would leave different states behind: before and after each commit and each call of a backend. A
 * first run counts the points, later runs die at one of them. Thread-safe.
 */
public final class CrashPoints {
    /** Stands for a SIGKILL. Our code must not catch it, and all later points throw it too. */
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1;

        Crash(String point) {
            super("killed at " + point);
        }
    }

    private final List<String> passed = new ArrayList<>();
    private int fatal = Integer.MAX_VALUE;
    private boolean dead;

    /** Resets the points, and lets the run die at the n-th point from now, counted from 1. */
    public synchronized void crashAt(int n) {
        reset();
        fatal = n;
    }

    /** Forgets the passed points, and lets the run pass all points from now on. */
    public synchronized void reset() {
        passed.clear();
        fatal = Integer.MAX_VALUE;
        dead = false;
    }

    /** Called at each point. */
    public synchronized void pass(String point) {
        if (dead) {
            throw new Crash(point + ", after its death");
        }
        passed.add(point);
        if (passed.size() == fatal) {
            dead = true;
            throw new Crash(point);
        }
    }

    /** Fails if our code has caught a crash. */
    public synchronized void requireAlive() {
        if (dead) {
            throw new AssertionError("a crash was caught after " + passed);
        }
    }

    /** Returns the points that were passed since the last reset, in order. */
    public synchronized List<String> passed() {
        return List.copyOf(passed);
    }
}
