package dev.sandboxer.http.modal.router;

import dev.sandboxer.http.modal.edge.SandboxNotes;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How it is found out whether a sandbox is ready. It stands in the sandbox's metadata. */
sealed interface ReadinessProbe {
    /** How long to wait between two probes. */
    Duration interval();

    /** Ready as soon as something listens on a port. */
    record Tcp(int port, Duration interval) implements ReadinessProbe {}

    /** Ready as soon as a command succeeds. */
    record Exec(List<String> argv, Duration interval) implements ReadinessProbe {}

    /** The probe of a sandbox; empty = it has none. */
    static Optional<ReadinessProbe> of(Sandbox sandbox) {
        var words = SandboxNotes.of(sandbox).probe();
        if (words.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(words));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty(); // somebody else's metadata
        }
    }

    private static ReadinessProbe read(List<String> words) {
        var interval = interval(words.get(1));
        return words.getFirst().equals("tcp")
                ? new Tcp(Integer.parseInt(words.get(2)), interval)
                : new Exec(words.subList(2, words.size()), interval);
    }

    private static Duration interval(String ms) {
        return Duration.ofMillis(Math.max(50, Math.min(60_000, Long.parseLong(ms))));
    }
}
