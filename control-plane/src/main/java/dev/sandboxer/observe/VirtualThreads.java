package dev.sandboxer.observe;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Threads for what must go on beside its caller; they never keep the process alive. */
public final class VirtualThreads {
    private VirtualThreads() {}

    /** Begins a thread at once. */
    public static Thread start(String name, Runnable task) {
        return Thread.ofVirtual().name(name).start(task);
    }

    /** Begins a thread for each task. */
    public static ExecutorService executor(String name) {
        return Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name(name + "-", 0).factory());
    }
}
