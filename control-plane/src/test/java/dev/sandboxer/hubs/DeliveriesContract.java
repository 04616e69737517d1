package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.hubs.Deliveries.DeadLetter;
import dev.sandboxer.hubs.Deliveries.Report;
import dev.sandboxer.store.Database;
import dev.sandboxer.testing.Concurrently;
import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of the outbox and its deliveries, on every database. */
abstract class DeliveriesContract {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration MINUTE = Duration.ofSeconds(60);
    private static final HubSettings BOTH = HubSettings.read(Map.of(
            "SANDBOXER_FIN_HUB_URL", "http://127.0.0.1:9/fin", "SANDBOXER_STATE_HUB_URL", "http://127.0.0.1:9/state"));

    final SettableClock clock = new SettableClock(NOON);
    final FakeHub fin = new FakeHub();
    final FakeHub state = new FakeHub();
    final Outbox outbox = new Outbox("installation1", BOTH, clock);

    @TempDir
    private Path home;

    private TestDatabase place;
    Database database;
    Deliveries deliveries;

    /** Returns an empty database for one test. */
    abstract TestDatabase database(Path home);

    @BeforeEach
    void open() {
        place = database(home);
        database = place.open();
        deliveries = deliveries(database, 16);
    }

    @AfterEach
    void close() {
        database.close();
    }

    final Database openAgain() {
        return place.open();
    }

    final Deliveries deliveries(Database on, int parallel) {
        return new Deliveries(
                on, Map.of(Hub.FIN_HUB, fin, Hub.STATE_HUB, state), List.of(), clock, new Random(1), parallel);
    }

    final void add(String id, String key) {
        database.write(handle -> outbox.add(handle, Hub.FIN_HUB, event(id, key), key));
    }

    static HubEvent event(String id, String subject) {
        return new HubEvent(id, "dev.sandboxer.test", subject, NOON, Map.of("id", id));
    }

    private Report deliver() {
        return deliveries.deliverDue(MINUTE);
    }

    @Test
    void events_reach_their_hub_once_and_in_their_order() {
        add("a1", "a");
        add("b1", "b");
        add("a2", "a");
        database.write(handle -> outbox.add(handle, Hub.STATE_HUB, event("s1", "a"), "a"));

        assertThat(deliver()).isEqualTo(new Report(4, 0, 0, 0));

        assertThat(fin.accepted("a")).containsExactly("a1", "a2");
        assertThat(fin.accepted("b")).containsExactly("b1");
        assertThat(state.arrivals()).containsExactly("s1");
        assertThat(deliver()).isEqualTo(new Report(0, 0, 0, 0));
        assertThat(fin.arrivals()).hasSize(3);
    }

    @Test
    void an_event_is_there_if_and_only_if_its_transaction_is_committed() {
        assertThatThrownBy(() -> database.write(handle -> {
                    outbox.add(handle, Hub.FIN_HUB, event("a1", "a"), "a");
                    throw new IllegalStateException("undone");
                }))
                .hasMessage("undone");
        add("a2", "a");

        assertThat(deliver().delivered()).isEqualTo(1);
        assertThat(fin.arrivals()).containsExactly("a2");
    }

    @Test
    void adding_an_event_again_changes_nothing_and_another_with_its_id_is_a_conflict() {
        add("a1", "a");
        add("a1", "a");
        database.write(handle -> outbox.addAll(
                handle,
                List.of(
                        new Outbox.Entry(Hub.FIN_HUB, event("a2", "a"), "a"),
                        new Outbox.Entry(Hub.FIN_HUB, event("a2", "a"), "a"))));
        assertThat(deliver().delivered()).isEqualTo(2);
        add("a1", "a");
        assertThat(deliver().delivered()).isZero();
        assertThat(fin.arrivals()).containsExactly("a1", "a2");

        assertConflict(() -> add("a1", "b"));
        assertConflict(() -> database.write(handle -> outbox.add(handle, Hub.STATE_HUB, event("a1", "a"), "a")));
        assertConflict(() -> database.write(handle -> outbox.add(
                handle, Hub.FIN_HUB, new HubEvent("a1", "dev.sandboxer.test", "a", NOON, Map.of("id", "x")), "a")));
        assertThat(deliver()).isEqualTo(new Report(0, 0, 0, 0));
    }

    private static void assertConflict(Runnable add) {
        assertThatThrownBy(add::run)
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
                .hasMessageContaining("a1");
    }

    @Test
    void thousands_of_events_may_be_added_in_one_transaction() {
        var entries = IntStream.range(0, 5_000)
                .mapToObj(i -> new Outbox.Entry(Hub.FIN_HUB, event("e" + i, "k" + i % 1_000), "k" + i % 1_000))
                .toList();
        database.write(handle -> outbox.addAll(handle, entries));

        assertThat(deliver()).isEqualTo(new Report(5_000, 0, 0, 0));
        assertThat(fin.arrivals()).hasSize(5_000);
        assertThat(fin.accepted("k7")).containsExactly("e7", "e1007", "e2007", "e3007", "e4007");
    }

    @Test
    void without_a_url_billing_events_wait_and_lifecycle_events_are_not_written() {
        var unconfigured = new Outbox("installation1", HubSettings.NONE, clock);
        database.write(handle -> {
            unconfigured.add(handle, Hub.FIN_HUB, event("a1", "a"), "a");
            unconfigured.add(handle, Hub.STATE_HUB, event("s1", "a"), "a");
        });
        try (var nowhere = new Deliveries(database, HubSettings.NONE, clock, new Random(1))) {
            assertThat(nowhere.deliverDue(MINUTE)).isEqualTo(new Report(0, 0, 0, 0));
            assertThat(nowhere.status()).extracting(HubStatus::configured).containsExactly(false, false);
            assertThat(nowhere.status()).extracting(HubStatus::waiting).containsExactly(1L, 0L);
        }
        assertThat(deliver()).isEqualTo(new Report(1, 0, 0, 0));
    }

    @Test
    void an_event_that_fails_holds_up_its_own_order_key_only() {
        add("a1", "a");
        add("a2", "a");
        add("b1", "b");
        fin.answer(id -> id.equals("a1") ? new Answer.Unsettled("HTTP 500", null) : new Answer.Accepted());

        assertThat(deliver()).isEqualTo(new Report(1, 1, 0, 2));
        assertThat(fin.accepted("b")).containsExactly("b1");
        assertThat(fin.arrivals()).doesNotContain("a2");

        fin.heal();
        clock.advance(Backoff.FIRST_CEILING);
        assertThat(deliver()).isEqualTo(new Report(2, 0, 0, 0));
        assertThat(fin.accepted("a")).containsExactly("a1", "a2");
    }

    @Test
    void a_refused_event_is_a_dead_letter_with_a_reason_and_the_next_one_goes_on() {
        add("a1", "a");
        add("a2", "a");
        fin.answer(id -> id.equals("a1") ? new Answer.Refused("HTTP 400: no such meter") : new Answer.Accepted());
        clock.advance(MINUTE);

        assertThat(deliver()).isEqualTo(new Report(1, 0, 1, 0));

        assertThat(deliveries.deadLetters(10))
                .containsExactly(
                        new DeadLetter("a1", Hub.FIN_HUB, "a", NOON, NOON.plus(MINUTE), 1, "HTTP 400: no such meter"));
        assertThat(fin.accepted("a")).containsExactly("a2");
        clock.advance(Duration.ofDays(1));
        assertThat(deliver()).isEqualTo(new Report(0, 0, 0, 0));
    }

    @Test
    void dead_letters_are_requeued_one_by_one_or_all_at_once_and_keep_their_ids() {
        for (String id : List.of("a1", "b1", "c1")) {
            add(id, id.substring(0, 1));
        }
        fin.answer(id -> new Answer.Refused("HTTP 400"));
        deliver();
        fin.heal();

        assertThat(deliveries.requeue(List.of("b1", "b1", "unknown"))).isEqualTo(1);
        assertThat(deliver()).isEqualTo(new Report(1, 0, 0, 0));
        assertThat(deliveries.requeue(List.of("b1"))).isZero();
        assertThat(deliveries.requeueAll()).isEqualTo(2);
        assertThat(deliver()).isEqualTo(new Report(2, 0, 0, 0));
        assertThat(deliveries.deadLetters(10)).isEmpty();
        assertThat(fin.arrivals()).containsExactlyInAnyOrder("a1", "b1", "c1", "a1", "b1", "c1");
    }

    @Test
    void dead_letters_are_requeued_even_if_the_clock_was_set_back() {
        add("a1", "a");
        fin.answer(id -> new Answer.Refused("HTTP 400"));
        deliver();
        fin.heal();
        clock.advance(Duration.ofDays(-1));

        assertThat(deliveries.requeueAll()).isEqualTo(1);
        assertThat(deliver()).isEqualTo(new Report(1, 0, 0, 0));
    }

    @Test
    void delivered_events_of_a_period_are_replayed_in_order_under_the_same_ids() {
        add("a1", "a");
        deliver();
        clock.advance(MINUTE);
        add("a2", "a");
        add("a3", "a");
        add("b1", "b");
        deliver();
        clock.advance(MINUTE);
        add("a4", "a");
        deliver();
        var before = fin.arrivals().size();

        var from = NOON.plus(MINUTE);
        assertThat(deliveries.replay(Hub.STATE_HUB, NOON, from)).isZero();
        assertThat(deliveries.replay(Hub.FIN_HUB, from, from.plusMillis(1))).isEqualTo(3);
        assertThat(deliver()).isEqualTo(new Report(3, 0, 0, 0));

        var again = fin.arrivals().subList(before, before + 3);
        assertThat(again).containsExactlyInAnyOrder("a2", "a3", "b1");
        assertThat(again.indexOf("a2")).isLessThan(again.indexOf("a3"));
    }

    @Test
    void a_replay_of_many_pages_ends_even_if_events_are_delivered_meanwhile() {
        var entries = IntStream.range(0, 2_500)
                .mapToObj(i -> new Outbox.Entry(Hub.FIN_HUB, event("e" + i, "k" + i % 50), "k" + i % 50))
                .toList();
        database.write(handle -> outbox.addAll(handle, entries));
        deliver();
        clock.advance(MINUTE);

        assertThat(deliveries.replay(Hub.FIN_HUB, NOON, NOON.plus(Duration.ofDays(1))))
                .isEqualTo(2_500);
        assertThat(deliver().delivered()).isEqualTo(2_500);
    }

    @Test
    void delivered_events_are_deleted_after_30_days_and_dead_letters_are_not() {
        var entries = IntStream.range(0, 2_500)
                .mapToObj(i -> new Outbox.Entry(Hub.FIN_HUB, event("e" + i, "k"), "k"))
                .toList();
        database.write(handle -> outbox.addAll(handle, entries));
        add("dead", "a");
        fin.answer(id -> id.equals("dead") ? new Answer.Refused("HTTP 400") : new Answer.Accepted());
        deliver();
        clock.advance(Deliveries.RETENTION);
        assertThat(deliveries.purge()).isZero();
        add("waiting", "a");
        clock.advance(Duration.ofMillis(1));

        assertThat(deliveries.purge()).isEqualTo(2_500);

        assertThat(deliveries.deadLetters(10)).extracting(DeadLetter::id).containsExactly("dead");
        assertThat(deliver().delivered()).isEqualTo(1);
        add("e0", "k");
        assertThat(deliver().delivered()).isEqualTo(1);
    }

    @Test
    void a_hub_that_is_down_gets_a_few_events_and_later_one_probe_at_a_time() {
        deliveries = deliveries(database, 1);
        for (int i = 0; i < 100; i++) {
            add("e" + i, "k" + i);
        }
        fin.fail();

        assertThat(deliver()).isEqualTo(new Report(0, Circuit.FAILURES, 0, 100));
        assertThat(deliver().retried()).isZero();
        assertThat(status().pausedUntil()).isEqualTo(NOON.plus(Circuit.FIRST_PAUSE));

        clock.advance(Circuit.FIRST_PAUSE);
        assertThat(deliver().retried()).isEqualTo(1);
        clock.advance(Circuit.FIRST_PAUSE);
        assertThat(deliver().retried()).isZero(); // now it pauses for twice as long
        clock.advance(Circuit.FIRST_PAUSE);
        fin.heal();
        deliver();
        clock.advance(Backoff.MAX_CEILING);
        deliver();

        assertThat(status().pausedUntil()).isNull();
        assertThat(IntStream.range(0, 100).filter(i -> !fin.accepted("k" + i).isEmpty()))
                .hasSize(100);
    }

    @Test
    void only_one_of_several_servers_probes_a_hub_and_another_one_if_that_is_killed() {
        for (int i = 0; i < 10; i++) {
            add("e" + i, "k" + i);
        }
        fin.fail();
        deliveries(database, 1).deliverDue(MINUTE);
        clock.advance(Circuit.FIRST_PAUSE);
        var one = new DeliveryStore(database, Hub.FIN_HUB);

        assertThat(one.claim(clock.instant(), 64)).hasSize(1);
        assertThat(deliver().retried()).isZero();
        clock.advance(Circuit.PROBE_TIME);
        assertThat(deliver().retried()).isEqualTo(1);
    }

    @Test
    void retry_after_is_honoured_for_at_most_an_hour() {
        add("a1", "a");
        add("b1", "b");
        fin.answer(id -> new Answer.Unsettled("HTTP 429", MINUTE));
        deliveries(database, 1).deliverDue(MINUTE);
        assertThat(fin.arrivals()).hasSize(1);
        clock.advance(MINUTE.minusMillis(1));
        assertThat(deliver()).isEqualTo(new Report(0, 0, 0, 2));

        fin.answer(id -> new Answer.Unsettled("HTTP 429", Duration.ofDays(1_000)));
        clock.advance(Duration.ofMillis(1));
        assertThat(deliveries(database, 1).deliverDue(MINUTE).retried()).isEqualTo(1);

        fin.heal();
        clock.advance(Backoff.MAX_RETRY_AFTER.minusMillis(1));
        assertThat(deliver().delivered()).isZero();
        clock.advance(Duration.ofMillis(1));
        assertThat(deliver().delivered()).isEqualTo(2);
    }

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
    void a_time_written_by_a_wrong_clock_holds_nothing_up() {
        clock.advance(Duration.ofDays(3_650));
        fin.answer(id -> new Answer.Unsettled("HTTP 503", Duration.ofMinutes(30)));
        add("a1", "a");
        deliver();
        clock.advance(Duration.ofDays(-3_650));
        fin.heal();

        assertThat(deliver()).isEqualTo(new Report(1, 0, 0, 0));
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

    @Test
    void the_status_shows_the_state_of_each_hub() {
        assertThat(deliveries.status())
                .containsExactly(
                        new HubStatus(Hub.FIN_HUB, true, 0, null, 0, null, null, null),
                        new HubStatus(Hub.STATE_HUB, true, 0, null, 0, null, null, null));
        add("a1", "a");
        add("b1", "b");
        add("c1", "c");
        clock.advance(MINUTE);
        fin.answer(id -> switch (id) {
            case "a1" -> new Answer.Accepted();
            case "b1" -> new Answer.Refused("HTTP 400");
            default -> {
                Thread.sleep(50); // so that it is settled last
                yield new Answer.Unsettled("HTTP 503: busy", null);
            }
        });
        deliveries(database, 1).deliverDue(MINUTE);
        clock.advance(Duration.ofMillis(1));

        var at = NOON.plus(MINUTE);
        assertThat(status().waiting()).isEqualTo(1);
        assertThat(status().oldestAge()).isEqualTo(MINUTE.plusMillis(1));
        assertThat(status().dead()).isEqualTo(1);
        assertThat(status().lastSuccess()).isEqualTo(at);
        assertThat(status().lastError()).isNotNull();
        assertThat(status().lastError().at()).isEqualTo(at);
    }

    private HubStatus status() {
        return deliveries.status().getFirst();
    }
}
