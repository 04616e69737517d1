package dev.sandboxer.http.e2b.edge;

/**
 * Cancels the work of one call by interrupting the thread that created this object, while it waits for its sandbox or its client.
 * The thread is interrupted only between {@link #begin} and {@link #end}, since an interrupt at another time could hit the database
 * or the thread's next request. Thread-safe.
 */
final class CallInterrupt {
    /** Who cancelled the work. A later constant takes precedence. */
    enum Cause {
        NOBODY,
        CLIENT,
        SANDBOX
    }

    private final Thread thread = Thread.currentThread();
    private boolean working;
    private Cause cause = Cause.NOBODY;

    /** Cancels the work, from another thread and at any time. */
    synchronized void cancel(Cause by) {
        if (by.compareTo(cause) > 0) {
            cause = by;
        }
        if (working) {
            thread.interrupt();
        }
    }

    /** Begins the work. Returns false if the work was already cancelled and must not begin. */
    synchronized boolean begin() {
        working = !isCancelled();
        return working;
    }

    /** Ends the work, and clears the interrupt if this object caused it. Returns who cancelled the work. */
    synchronized Cause end() {
        working = false;
        if (isCancelled()) {
            Thread.interrupted();
        }
        return cause;
    }

    synchronized boolean isCancelled() {
        return cause != Cause.NOBODY;
    }
}
