package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.hubs.Deliveries.Report;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Contract of the outbox and its deliveries, their order and their failures, for every database. */
abstract class DeliveriesContract extends DeliveriesFixture {
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
    void a_time_written_by_a_wrong_clock_delays_nothing() {
        clock.advance(Duration.ofDays(3_650));
        fin.answer(id -> new Answer.Unsettled("HTTP 503", Duration.ofMinutes(30)));
        add("a1", "a");
        deliver();
        clock.advance(Duration.ofDays(-3_650));
        fin.heal();

        assertThat(deliver()).isEqualTo(new Report(1, 0, 0, 0));
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
