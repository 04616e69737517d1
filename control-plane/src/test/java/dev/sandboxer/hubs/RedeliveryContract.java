package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.hubs.Deliveries.DeadLetter;
import dev.sandboxer.hubs.Deliveries.Report;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Contract of dead letters, replays and the deletion of old events, for every database. */
abstract class RedeliveryContract extends DeliveriesFixture {
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
}
