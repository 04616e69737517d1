package dev.sandboxer.http.modal.router;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.launch.Probes;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.observe.Countdown;
import dev.sandboxer.observe.Sleeper;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Waits until the readiness probes of sandboxes succeed. Thread-safe. */
public final class Readiness {
    private static final Duration MAX_WAIT = Duration.ofHours(24);
    private static final Duration MAX_PROBE_TIME = Duration.ofSeconds(10);

    private final Sandboxes sandboxes;
    private final InstantSource clock;
    private final Sleeper sleeper;
    private final Map<SandboxId, Instant> ready = new ConcurrentHashMap<>();

    Readiness(Sandboxes sandboxes, InstantSource clock, Sleeper sleeper) {
        this.sandboxes = sandboxes;
        this.clock = clock;
        this.sleeper = sleeper;
    }

    /**
     * Waits until a sandbox is ready; returns the time at which its probe first succeeded.
     *
     * @throws StatusRuntimeException {@code FAILED_PRECONDITION} when it has no probe; {@code DEADLINE_EXCEEDED}
     * @throws SandboxException {@code SANDBOX_ENDED}; when the probe can't be run
     */
    public Instant await(Sandbox sandbox, Duration timeout) throws InterruptedException {
        var probe = ReadinessProbe.of(sandbox)
                .orElseThrow(() -> Status.FAILED_PRECONDITION
                        .withDescription("the sandbox was created without a readiness probe")
                        .asRuntimeException());
        var known = ready.get(sandbox.id());
        if (known != null) {
            return known;
        }
        var time = new Countdown(timeout.compareTo(MAX_WAIT) < 0 ? timeout : MAX_WAIT);
        while (!sandboxes.<Boolean, InterruptedException>use(
                sandbox,
                session -> Probes.isReady(session, probe.probe(), MAX_PROBE_TIME, Probes.Way.as(ExecRequests.USER)))) {
            if (time.isOver()) {
                throw Status.DEADLINE_EXCEEDED
                        .withDescription("the sandbox isn't ready yet")
                        .asRuntimeException();
            }
            sleeper.sleep(probe.interval());
        }
        var now = clock.instant();
        var before = ready.putIfAbsent(sandbox.id(), now);
        return before == null ? now : before;
    }

    /** Forgets sandboxes that have ended. */
    void sweep() {
        ready.keySet().removeIf(id -> !sandboxes.isRunning(id));
    }
}
