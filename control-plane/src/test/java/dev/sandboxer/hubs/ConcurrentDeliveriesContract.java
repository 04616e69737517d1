package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.hubs.Deliveries.Report;
import dev.sandboxer.testing.Concurrently;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Contract of concurrent deliveries, their leases, time limits and interrupts, for every database. */
abstract class ConcurrentDeliveriesContract extends DeliveriesFixture {
    @Test
    void claims_of_a_killed_process_are_taken_over_after_the_lease() {
        add("a1", "a");
        add("a2", "a");
        var killed = new DeliveryStore(database, Hub.FIN_HUB).claim(clock.instant(), 64);
        assertThat(killed).hasSize(1);

        assertThat(deliver()).isEqualTo(new Report(0, 0, 0, 2));
        clock.advance(DeliveryStore.LEASE.minusMillis(1));
        assertThat(deliver()).isEqualTo(new Report(0, 0, 0, 2));
        clock.advance(Duration.ofMillis(1));
        assertThat(deliver()).isEqualTo(new Report(2, 0, 0, 0));
    }

    @Test
    void a_process_that_lost_its_lease_records_deliveries_and_nothing_else() {
        for (String id : List.of("a1", "a2", "a3")) {
            add(id, "a");
        }
        var slow = new DeliveryStore(database, Hub.FIN_HUB);
        var lost = slow.claim(clock.instant(), 64).getFirst();
        clock.advance(DeliveryStore.LEASE);
        var fast = new DeliveryStore(database, Hub.FIN_HUB);
        assertThat(fast.claim(clock.instant(), 64)).hasSize(1);

        var refused = new Turn.Stopped(lost.events().get(1), new Answer.Refused("HTTP 400"));
        slow.settle(List.of(new Turn(lost, List.of("a1"), refused, clock.instant())), clock.instant());

        assertThat(deliveries.deadLetters(10)).isEmpty();
        assertThat(deliver()).isEqualTo(new Report(0, 0, 0, 2)); // the other process still has its lease
    }

    @Test
    void an_event_that_is_added_while_its_queue_is_delivered_is_not_forgotten() {
        add("a1", "a");
        fin.answer(id -> {
            if (id.equals("a1")) {
                add("a2", "a");
            }
            return new Answer.Accepted();
        });

        assertThat(deliver()).isEqualTo(new Report(2, 0, 0, 0));
        assertThat(fin.accepted("a")).containsExactly("a1", "a2");
    }

    @Test
    void concurrent_deliveries_share_the_work() throws Exception {
        for (int i = 0; i < 400; i++) {
            add("e" + i, "k" + i % 20);
        }
        Concurrently.run(4, number -> {
            try (var own = openAgain()) {
                return deliveries(own, 4).deliverDue(MINUTE);
            }
        });
        deliver();

        assertThat(fin.arrivals()).hasSize(400).doesNotHaveDuplicates();
        for (int key = 0; key < 20; key++) {
            var first = key;
            assertThat(fin.accepted("k" + key))
                    .containsExactlyElementsOf(IntStream.range(0, 20)
                            .mapToObj(i -> "e" + (first + 20 * i))
                            .toList());
        }
    }

    /** On PostgreSQL both sides lock the same rows and must not deadlock. */
    @Test
    void events_may_be_added_to_order_keys_that_are_being_delivered() throws Exception {
        var seed = 20_261_124L;
        System.out.println(getClass().getSimpleName() + ": seed " + seed);
        Concurrently.run(6, number -> {
            try (var own = openAgain()) {
                var random = new Random(seed + number);
                for (int i = 0; i < 30; i++) {
                    if (number < 2) {
                        deliveries(own, 4).deliverDue(MINUTE);
                    } else {
                        var entries = randomEntries(number + "-" + i, random);
                        own.write(handle -> outbox.addAll(handle, entries));
                    }
                }
            }
            return number;
        });
        deliver();

        assertThat(fin.arrivals()).hasSize(4 * 30 * 10).doesNotHaveDuplicates();
    }

    private static List<Outbox.Entry> randomEntries(String name, Random random) {
        var entries = new ArrayList<Outbox.Entry>();
        for (int i = 0; i < 10; i++) {
            var key = "k" + random.nextInt(12);
            entries.add(new Outbox.Entry(Hub.FIN_HUB, event("e" + name + "-" + i, key), key));
        }
        return entries;
    }

    @Test
    void a_call_ends_at_its_time_limit_and_cancelled_attempts_do_not_count() {
        for (int i = 0; i < 30; i++) {
            add("e" + i, "k" + i);
        }
        fin.answer(id -> hang());

        assertThat(deliveries.deliverDue(Duration.ofMillis(300))).isEqualTo(new Report(0, 0, 0, 30));
        assertThat(deliveries.deliverDue(Duration.ZERO)).isEqualTo(new Report(0, 0, 0, 30));

        fin.heal();
        assertThat(deliver()).isEqualTo(new Report(30, 0, 0, 0));
    }

    @Test
    void an_interrupt_ends_a_call_without_losing_what_was_done() throws Exception {
        add("a1", "a");
        add("a2", "a");
        var hanging = new CountDownLatch(1);
        fin.answer(id -> {
            if (id.equals("a1")) {
                return new Answer.Accepted();
            }
            hanging.countDown();
            return hang();
        });
        var report = new ArrayList<Report>();
        var stayed = new AtomicBoolean();
        var thread = Thread.ofPlatform().start(() -> {
            report.add(deliveries.deliverDue(Duration.ofMinutes(10)));
            stayed.set(Thread.currentThread().isInterrupted());
        });
        hanging.await();
        thread.interrupt();
        thread.join();

        assertThat(report).containsExactly(new Report(1, 0, 0, 1));
        assertThat(stayed).isTrue();
        fin.heal();
        assertThat(deliver()).isEqualTo(new Report(1, 0, 0, 0));
        assertThat(fin.arrivals()).containsExactly("a1", "a2", "a2");
    }

    @Test
    void a_delivery_to_a_single_hub_may_be_interrupted_too() throws Exception {
        add("a1", "a");
        var hanging = new CountDownLatch(1);
        var only = new Deliveries(
                database,
                Map.of(Hub.FIN_HUB, (id, body) -> {
                    hanging.countDown();
                    return hang();
                }),
                List.of(),
                clock,
                new Random(1),
                1);
        var report = new ArrayList<Report>();
        var thread = Thread.ofVirtual().start(() -> report.add(only.deliverDue(Duration.ofMinutes(10))));
        hanging.await();
        thread.interrupt();
        thread.join();

        assertThat(report).containsExactly(new Report(0, 0, 0, 1));
        assertThat(deliver()).isEqualTo(new Report(1, 0, 0, 0));
    }

    private static Answer hang() throws InterruptedException {
        new CountDownLatch(1).await();
        return new Answer.Accepted();
    }

    @Test
    void a_hub_that_hangs_does_not_hold_up_the_other_one() {
        add("a1", "a");
        database.write(handle -> outbox.add(handle, Hub.STATE_HUB, event("s1", "a"), "a"));
        fin.answer(id -> {
            while (state.arrivals().isEmpty()) {
                Thread.sleep(5);
            }
            return new Answer.Accepted();
        });
        assertThat(deliver()).isEqualTo(new Report(2, 0, 0, 0));
    }

    @Test
    void no_more_events_are_sent_at_the_same_time_than_allowed() {
        for (int i = 0; i < 50; i++) {
            add("e" + i, "k" + i);
        }
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        fin.answer(id -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            Thread.sleep(2);
            now.decrementAndGet();
            return new Answer.Accepted();
        });
        assertThat(deliveries(database, 3).deliverDue(MINUTE).delivered()).isEqualTo(50);
        assertThat(most.get()).isLessThanOrEqualTo(3);
    }
}
