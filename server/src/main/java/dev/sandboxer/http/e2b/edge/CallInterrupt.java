package dev.sandboxer.http.e2b.edge;

/**
 * Ends what its maker's thread waits for, whatever that is: an answer of a sandbox, or a client that sends or takes. Only
 * while that thread is at work; else an interrupt would hit the database, or the thread's next request. Thread-safe.
 */
final class CallInterrupt {
    private final Thread thread = Thread.currentThread();
    private boolean working;
    private boolean asked;

    /** From outside, at any time. */
    synchronized void now() {
        asked = true;
        if (working) {
            thread.interrupt();
        }
    }

    /** Whether the work may begin; not when somebody has asked for its end already. */
    synchronized boolean begin() {
        working = !asked;
        return working;
    }

    /** Ends the work; nothing is left of an interrupt then. Answers whether somebody has asked for the end. */
    synchronized boolean end() {
        working = false;
        if (asked) {
            Thread.interrupted();
        }
        return asked;
    }
}
