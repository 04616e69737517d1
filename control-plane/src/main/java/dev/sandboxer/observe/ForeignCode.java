package dev.sandboxer.observe;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs code that we don't trust to return. */
public final class ForeignCode {
    private ForeignCode() {}

    /**
     * Waits for a result no longer than {@code limit}. A call that takes longer is interrupted and left to itself on its own thread,
     * which doesn't keep the process alive. The thread is the system's: a virtual one that never waits would hold its carrier.
     *
     * @param context class loader that the call sees as its thread's
     * @throws ExecutionException whose cause is what the call threw, errors included
     */
    public static <T> T call(String name, Duration limit, ClassLoader context, Callable<T> call)
            throws ExecutionException, TimeoutException, InterruptedException {
        var task = new FutureTask<>(call);
        var thread = Thread.ofPlatform().daemon().name(name).unstarted(task);
        thread.setContextClassLoader(context);
        thread.start();
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | InterruptedException e) {
            task.cancel(true);
            throw e;
        }
    }
}
