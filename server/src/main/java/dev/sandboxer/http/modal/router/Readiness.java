package dev.sandboxer.http.modal.router;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Session;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Waits until a sandbox is ready, as the probe that it was made with says. Thread-safe. */
public final class Readiness {
    private static final Duration LONGEST_WAIT = Duration.ofHours(24);
    private static final Duration LONGEST_PROBE = Duration.ofSeconds(10);

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
     * Returns when it was ready for the first time.
     *
     * @throws StatusRuntimeException {@code FAILED_PRECONDITION} when it has no probe; {@code DEADLINE_EXCEEDED}
     * @throws SandboxException {@code SANDBOX_ENDED}; when the probe can't be made
     */
    public Instant await(Sandbox sandbox, Duration timeout) throws InterruptedException {
        var probe = ReadinessProbe.of(sandbox)
                .orElseThrow(() -> Status.FAILED_PRECONDITION
                        .withDescription("the sandbox was made without a readiness probe")
                        .asRuntimeException());
        var known = ready.get(sandbox.id());
        if (known != null) {
            return known;
        }
        var time = new Countdown(timeout.compareTo(LONGEST_WAIT) < 0 ? timeout : LONGEST_WAIT);
        while (!sandboxes.<Boolean, InterruptedException>use(sandbox, session -> isReady(session, probe))) {
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

    private static boolean isReady(Session session, ReadinessProbe probe) throws InterruptedException {
        return switch (probe) {
            case ReadinessProbe.Tcp tcp -> listens(session, tcp.port());
            case ReadinessProbe.Exec exec -> succeeds(session, exec.argv());
        };
    }

    private static boolean listens(Session session, int port) {
        try (var _ = session.ports().dial(port)) {
            return true;
        } catch (OperationException e) {
            if (e.reason() == Reason.REFUSED) {
                return false;
            }
            throw e;
        }
    }

    private static boolean succeeds(Session session, List<String> argv) throws InterruptedException {
        var spec = ProcessSpec.builder(argv).user(ExecRequests.USER).timeout(LONGEST_PROBE);
        try (var process = session.processes().start(spec.build())) {
            var time = new Countdown(LONGEST_PROBE.multipliedBy(2));
            while (!time.isOver()) {
                if (process.next(time.left()) instanceof ProcessEvent.Exited exited) {
                    return exited.status() == 0 && !exited.timedOut();
                }
            }
            return false;
        }
    }

    /** Forgets sandboxes that have ended. */
    void sweep() {
        ready.keySet().removeIf(id -> !sandboxes.isRunning(id));
    }
}
