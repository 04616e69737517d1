package dev.sandboxer.observe;

/** Threads for what must go on beside its caller; they never keep the process alive. */
public final class VirtualThreads {
    private VirtualThreads() {}

    /** Begins a thread at once. */
    public static Thread start(String name, Runnable task) {
        return Thread.ofVirtual().name(name).start(task);
    }
}
