package dev.sandboxer.testing;

import java.util.ArrayList;
import java.util.List;

/**
 * The points of a run at which a SIGKILL would leave different things behind: before and after each commit and each call of
 * a backend. A first run counts them, later runs die at one of them.
 */
public final class CrashPoints {
    /** Stands for a SIGKILL: our code must not catch it, and whatever it tries afterwards fails like this too. */
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1;

        Crash(String point) {
            super("killed at " + point);
        }
    }

    private final List<String> passed = new ArrayList<>();
    private int fatal = Integer.MAX_VALUE;
    private boolean dead;

    /** Forgets what was passed and dies at the n-th point from now, counted from 1. */
    public synchronized void crashAt(int n) {
        reset();
        fatal = n;
    }

    /** Forgets what was passed and lets everything pass from now on. */
    public synchronized void reset() {
        passed.clear();
        fatal = Integer.MAX_VALUE;
        dead = false;
    }

    /** Called by what stands at a point. */
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

    /** Fails when somebody has survived a crash by catching it. */
    public synchronized void requireAlive() {
        if (dead) {
            throw new AssertionError("a crash was caught after " + passed);
        }
    }

    /** The points since the last reset, in order. */
    public synchronized List<String> passed() {
        return List.copyOf(passed);
    }
}
