package dev.sandboxer.http.e2b.edge;

/**
 * Interrupts the thread that made it in whatever it waits for: an answer of a sandbox, or a client that sends or takes. Only
 * while that thread is at work, since an interrupt would else hit the database, or the thread's next request. Thread-safe.
 */
final class CallInterrupt {
    /** Who wants the end of the work; the later ones count more. */
    enum Cause {
        NOBODY,
        CLIENT,
        SANDBOX
    }

    private final Thread thread = Thread.currentThread();
    private boolean working;
    private Cause cause = Cause.NOBODY;

    /** Asks for the end of the work, from outside, at any time. */
    synchronized void now(Cause by) {
        if (by.compareTo(cause) > 0) {
            cause = by;
        }
        if (working) {
            thread.interrupt();
        }
    }

    /** Returns false, and the work must not begin, when somebody has asked for its end already. */
    synchronized boolean begin() {
        working = !wasAsked();
        return working;
    }

    /** Ends the work, and clears an interrupt of ours. Returns who asked for the end. */
    synchronized Cause end() {
        working = false;
        if (wasAsked()) {
            Thread.interrupted();
        }
        return cause;
    }

    synchronized boolean wasAsked() {
        return cause != Cause.NOBODY;
    }
}
