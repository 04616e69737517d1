package dev.sandboxer.http.modal.router;

import dev.sandboxer.http.modal.edge.ModalMetadata;
import dev.sandboxer.launch.Probe;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The readiness probe of a sandbox, as its metadata describes it.
 *
 * @param interval the pause between two attempts
 */
record ReadinessProbe(Probe probe, Duration interval) {
    /** Returns the probe of a sandbox; empty if it has none. */
    static Optional<ReadinessProbe> of(Sandbox sandbox) {
        var words = ModalMetadata.of(sandbox).probe();
        if (words.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(words));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty(); // set by another API
        }
    }

    private static ReadinessProbe read(List<String> words) {
        var probe = words.getFirst().equals("tcp")
                ? new Probe.Port(Integer.parseInt(words.get(2)))
                : new Probe.Command(words.subList(2, words.size()));
        return new ReadinessProbe(probe, interval(words.get(1)));
    }

    private static Duration interval(String ms) {
        return Duration.ofMillis(Math.max(50, Math.min(60_000, Long.parseLong(ms))));
    }
}
