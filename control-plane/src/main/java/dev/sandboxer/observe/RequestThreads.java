package dev.sandboxer.observe;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** The threads on which requests are served: a virtual one for each. */
public final class RequestThreads {
    private RequestThreads() {}

    public static Executor executor() {
        return Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("request-", 0).factory());
    }
}
