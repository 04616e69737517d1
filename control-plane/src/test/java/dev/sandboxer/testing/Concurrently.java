package dev.sandboxer.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs the same task in several threads that start at the same moment. */
public final class Concurrently {
    private Concurrently() {}

    /** The work of one thread. */
    public interface Task<T> {
        T call(int number) throws Exception;
    }

    /**
     * Runs a task in this many threads, numbered from 0. Returns their results in this order.
     *
     * @throws Exception if one has failed
     */
    public static <T> List<T> run(int threads, Task<T> task) throws Exception {
        var barrier = new CyclicBarrier(threads);
        try (var executor = Executors.newFixedThreadPool(threads)) {
            var futures = new ArrayList<Future<T>>();
            for (int i = 0; i < threads; i++) {
                var number = i;
                futures.add(executor.submit(() -> {
                    barrier.await();
                    return task.call(number);
                }));
            }
            var results = new ArrayList<T>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        }
    }
}
