package dev.sandboxer.observe;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs code that may never return. */
public final class ForeignCode {
    private ForeignCode() {}

    /**
     * Returns the result of a call, waiting at most {@code limit}. A call that takes longer is interrupted and abandoned on its own
     * thread, which does not keep the process alive. It is a platform thread, because a virtual one that never blocks would occupy
     * its carrier.
     *
     * @param context the context class loader of the call's thread
     * @throws ExecutionException with whatever the call threw as its cause, errors included
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
