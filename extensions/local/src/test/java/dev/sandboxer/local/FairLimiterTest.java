package dev.sandboxer.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.ExtensionException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FairLimiterTest {
    private static final int MANY = 50;

    @Test
    void no_more_threads_than_the_limit_work_at_once_and_all_get_their_turn() throws InterruptedException {
        var limiter = new FairLimiter(3);
        var working = new AtomicInteger();
        var most = new AtomicInteger();
        var allThree = new CountDownLatch(3);
        var threads = IntStream.range(0, MANY)
                .mapToObj(i -> Thread.startVirtualThread(() -> limiter.run(() -> {
                    most.accumulateAndGet(working.incrementAndGet(), Math::max);
                    allThree.countDown();
                    await(allThree);
                    return working.decrementAndGet();
                })))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(most).hasValue(3);
    }

    @Test
    void waiting_threads_are_served_in_the_order_they_came() throws InterruptedException {
        var limiter = new FairLimiter(1);
        var order = Collections.synchronizedList(new ArrayList<Integer>());
        var go = new CountDownLatch(1);
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < MANY; i++) {
            var number = i;
            threads.add(Thread.startVirtualThread(() -> limiter.run(() -> {
                await(go);
                return order.add(number);
            })));
            while (limiter.waiting() < i) {
                Thread.onSpinWait();
            }
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        // the first two may be swapped, because the first thread works already and is not in the queue
        assertThat(order.subList(2, MANY))
                .isEqualTo(IntStream.range(2, MANY).boxed().toList());
    }

    @Test
    void a_failure_returns_its_permit() {
        var limiter = new FairLimiter(1);
        assertThatThrownBy(() -> limiter.run(() -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
        assertThat(limiter.run(() -> "next")).isEqualTo("next");
    }

    @Test
    void an_interrupted_wait_does_no_work() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> new FairLimiter(1).run(List::of))
                    .isInstanceOfSatisfying(
                            ExtensionException.class,
                            e -> assertThat(e.effect()).isEqualTo(ExtensionException.Effect.NOT_APPLIED));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
