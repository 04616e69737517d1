package dev.sandboxer.observe;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** The threads that serve requests: one virtual thread for each request. */
public final class RequestThreads {
    private RequestThreads() {}

    public static Executor executor() {
        return Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("request-", 0).factory());
    }
}
