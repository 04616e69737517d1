package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CircuitTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Answer ACCEPTED = new Answer.Accepted();
    private static final Answer FAILED = failed(null);

    private final Circuit closed = new Circuit(0, null);

    private static Answer failed(@Nullable Duration retryAfter) {
        return new Answer.Unsettled("HTTP 503", retryAfter);
    }

    private static Circuit failing(Circuit circuit, int times) {
        var after = circuit;
        for (int i = 0; i < times; i++) {
            after = after.after(FAILED, NOON, false);
        }
        return after;
    }

    @Test
    void it_opens_after_five_failures_in_a_row() {
        assertThat(failing(closed, 4).isOpen(NOON)).isFalse();
        assertThat(failing(closed, 5).isOpen(NOON)).isTrue();
        assertThat(failing(failing(closed, 4).after(ACCEPTED, NOON, false), 4).isOpen(NOON))
                .isFalse();
    }

    @Test
    void a_final_refusal_closes_the_circuit() {
        assertThat(failing(closed, 7).after(new Answer.Refused("HTTP 400"), NOON, false))
                .isEqualTo(closed);
    }

    @Test
    void failures_of_events_sent_before_it_opened_do_not_count() {
        assertThat(failing(closed, 50)).isEqualTo(failing(closed, 5));
    }

    @Test
    void each_failed_probe_doubles_the_pause_up_to_five_minutes() {
        var circuit = failing(closed, 5);
        var now = NOON;
        var pause = Circuit.FIRST_PAUSE;
        for (int i = 0; i < 100; i++) {
            assertThat(circuit.pausedUntil()).isEqualTo(now.plus(pause));
            assertThat(circuit.isOpen(now.plus(pause).minusMillis(1))).isTrue();
            now = now.plus(pause);
            assertThat(circuit.isOpen(now)).isFalse();
            assertThat(circuit.needsProbe()).isTrue();
            circuit = circuit.probing(now).after(FAILED, now, true);
            pause = pause.multipliedBy(2);
            pause = pause.compareTo(Circuit.MAX_PAUSE) < 0 ? pause : Circuit.MAX_PAUSE;
        }
        assertThat(circuit.probing(now).after(ACCEPTED, now, true)).isEqualTo(closed);
    }

    @Test
    void no_other_event_is_sent_during_a_probe() {
        var probing = failing(closed, 5).probing(NOON.plus(Circuit.FIRST_PAUSE));
        assertThat(probing.isOpen(NOON.plus(Circuit.FIRST_PAUSE))).isTrue();
        assertThat(probing.isOpen(NOON.plus(Circuit.FIRST_PAUSE).plus(Circuit.PROBE_TIME)))
                .isFalse();
    }

    @Test
    void retry_after_pauses_the_hub_after_one_failure() {
        var circuit = closed.after(failed(Duration.ofMinutes(3)), NOON, false);
        assertThat(circuit).isEqualTo(new Circuit(1, NOON.plusSeconds(180)));
        assertThat(circuit.needsProbe()).isFalse();
        assertThat(circuit.after(failed(Duration.ofMinutes(1)), NOON, false)).isEqualTo(circuit);
        assertThat(closed.after(failed(Duration.ofDays(9)), NOON, false).pausedUntil())
                .isEqualTo(NOON.plus(Backoff.MAX_RETRY_AFTER));
        assertThat(closed.after(failed(Duration.ofMinutes(-3)), NOON, false)).isEqualTo(new Circuit(1, null));
    }

    @Test
    void a_pause_written_by_a_wrong_clock_is_ignored() {
        assertThat(new Circuit(5, NOON.plus(Duration.ofDays(1))).isOpen(NOON)).isFalse();
        assertThat(new Circuit(5, NOON.plus(Circuit.MAX_WAIT)).isOpen(NOON)).isTrue();
    }
}
