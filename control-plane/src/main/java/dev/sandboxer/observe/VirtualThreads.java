package dev.sandboxer.observe;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Virtual threads for background work. They never keep the process alive. */
public final class VirtualThreads {
    private VirtualThreads() {}

    /** Starts a thread. */
    public static Thread start(String name, Runnable task) {
        return Thread.ofVirtual().name(name).start(task);
    }

    /** Returns an executor that starts a thread for each task. */
    public static ExecutorService executor(String name) {
        return Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name(name + "-", 0).factory());
    }
}
