package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.HttpTarget;
import dev.sandboxer.http.CutOff;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.Sandboxes.Work;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** The way into a sandbox for its data plane: it has to be there, and is woken when it was agreed so. */
public final class SandboxAccess {
    /** For how long a sandbox is woken by work that arrives. */
    private static final Duration WAKE = Duration.ofMinutes(5);

    private final Sandboxes sandboxes;
    private final Templates templates;

    public SandboxAccess(Sandboxes sandboxes, Templates templates) {
        this.sandboxes = sandboxes;
        this.templates = templates;
    }

    /** What E2B's proxy answers for a sandbox that isn't there: the clients know this status for it. */
    public record Gone(String sandboxId, String message, int code) {
        static Gone of(SandboxId sandbox) {
            return new Gone(sandbox.value(), "The sandbox was not found", 502);
        }
    }

    /** Thrown when the sandbox isn't there. */
    public static final class GoneException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final Gone answer;

        public GoneException(SandboxId sandbox) {
            super("the sandbox was not found");
            this.answer = Gone.of(sandbox);
        }

        public Gone answer() {
            return answer;
        }
    }

    /**
     * A sandbox that runs, or will when work arrives.
     *
     * @throws GoneException when there is none
     */
    public Sandbox find(SandboxId id) {
        return sandboxes
                .find(id)
                .filter(sandbox -> sandbox.state() == SandboxState.RUNNING
                        || sandbox.state() == SandboxState.PAUSED
                                && sandbox.terms().autoResume())
                .orElseThrow(() -> new GoneException(id));
    }

    /** The same, woken if need be: for who may use it. */
    public Sandbox awake(Sandbox sandbox) {
        var settled = sandboxes.settled(sandbox);
        return settled.state() == SandboxState.PAUSED ? wake(settled) : settled;
    }

    private Sandbox wake(Sandbox sandbox) {
        var profile = templates.of(sandbox);
        var time = profile.maxTtl().compareTo(WAKE) < 0 ? profile.maxTtl() : WAKE;
        try {
            return sandboxes.resume(sandbox, time, profile);
        } catch (SandboxException e) {
            var now = sandboxes.find(sandbox.id()).orElse(sandbox);
            if (e.code() == ErrorCode.CONFLICT && now.state() == SandboxState.RUNNING) {
                return now; // somebody else was faster
            }
            throw e;
        }
    }

    /**
     * Where a port is reached over HTTP; empty when only through a session. The daemon's port is one that is passed on only when
     * the backend's sandboxes have E2B's daemon.
     *
     * @throws GoneException when the sandbox has ended
     */
    public Optional<HttpTarget> target(Sandbox sandbox, int port) {
        return there(
                sandbox,
                () -> port == Target.ENVD_PORT
                        ? sandboxes.httpTarget(sandbox, port, Target.ENVD_PROTOCOL)
                        : sandboxes.httpTarget(sandbox, port));
    }

    /** Like {@link #target}, but asks the backend. */
    public Optional<HttpTarget> refreshTarget(Sandbox sandbox, int port) {
        return there(sandbox, () -> sandboxes.refreshHttpTarget(sandbox, port));
    }

    private static <T> T there(Sandbox sandbox, Supplier<T> question) {
        try {
            return question.get();
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.SANDBOX_ENDED) {
                throw new GoneException(sandbox.id());
            }
            throw e;
        }
    }

    /** Whether it runs just now. */
    public boolean runs(Sandbox sandbox) {
        return sandboxes.isRunning(sandbox.id());
    }

    /**
     * Works inside.
     *
     * @throws GoneException when it ended before an answer began
     * @throws CutOff when it ended after that
     */
    public <T> T work(HttpExchange exchange, Sandbox sandbox, Work<T, IOException> work) throws IOException {
        try {
            return sandboxes.use(sandbox, work);
        } catch (SandboxException e) {
            var lost = e.code() == ErrorCode.SANDBOX_ENDED || e.code() == ErrorCode.BACKEND_FAILED;
            if (lost && exchange.committed()) {
                throw new CutOff("the sandbox ended in the middle of the answer", e);
            }
            if (e.code() == ErrorCode.SANDBOX_ENDED) {
                throw new GoneException(sandbox.id());
            }
            throw e;
        }
    }
}
