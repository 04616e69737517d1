package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.feature.HttpTarget;
import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.http.AnswerCutException;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.e2b.edge.CallInterrupt.Cause;
import dev.sandboxer.http.e2b.edge.SandboxAccess.RegisteredCall;
import dev.sandboxer.lifecycle.Sandboxes.Work;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One request's call into one sandbox. It is cut when the sandbox is paused or has ended, because a frozen sandbox does not answer,
 * and when the client leaves. Used only by the thread that serves the request.
 *
 * <p>The sandbox's row is read once, after the call was registered. So a pause either shows in the row, or finds the call registered
 * and cuts it.
 */
public final class SandboxCall implements AutoCloseable {
    /** How long {@link #answer} continues after the client has ended its stream. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final SandboxAccess access;
    private final HttpExchange exchange;
    private RegisteredCall registered;

    SandboxCall(SandboxAccess access, HttpExchange exchange, RegisteredCall registered) {
        this.access = access;
        this.exchange = exchange;
        this.registered = registered;
    }

    public HttpExchange exchange() {
        return exchange;
    }

    public SandboxId id() {
        return registered.sandbox().id();
    }

    /** Returns the sandbox as it was read: running, or paused and resuming automatically. */
    public Sandbox sandbox() {
        return registered.sandbox();
    }

    public boolean isRunning() {
        return registered.sandbox().state() == SandboxState.RUNNING;
    }

    /**
     * Waits for a change of the sandbox that is in progress, then resumes the sandbox if it is paused. Authorize the caller first.
     *
     * @throws SandboxGoneException if the sandbox does not run after that
     */
    public void wake() {
        if (isRunning() && registered.sandbox().pending() == null) {
            return;
        }
        registered.close(); // a pause that is in progress must not cut this call
        access.wake(registered.sandbox());
        registered = access.register(id());
        if (!isRunning()) {
            throw new SandboxGoneException(id());
        }
    }

    /**
     * Runs work inside the sandbox that produces one answer. When the client ends its stream, the work continues for 5 s, because a client
     * that still reads looks the same as one that has left.
     *
     * @throws SandboxGoneException if the sandbox was paused or has ended before an answer began
     * @throws AnswerCutException if that happened after an answer began, or the client has left
     */
    public <T> T answer(Work<T, IOException> work) throws IOException {
        var interrupt = registered.interrupt();
        exchange.onClientClosed(() -> {
            LockSupport.parkNanos(GRACE.toNanos());
            interrupt.cancel(Cause.CLIENT);
        });
        return transfer(work);
    }

    /** Like {@link #answer}, for a stream: the work ends as soon as the client ends its stream. */
    public <T> T stream(Work<T, IOException> work) throws IOException {
        var interrupt = registered.interrupt();
        exchange.onClientClosed(() -> interrupt.cancel(Cause.CLIENT));
        return transfer(work);
    }

    /** Like {@link #answer}, for an upload or download. The client is not watched, because a read or write fails when it leaves. */
    public <T> T transfer(Work<T, IOException> work) throws IOException {
        return within(session -> interruptible(session, work));
    }

    /** Runs work with a connection to a port. A pause closes the connection, even after the call has ended. */
    void dial(int port, Consumer<PortConnection> work) throws IOException {
        within(session -> {
            var connection = interruptible(
                    session, open -> access.streams().add(id(), open.ports().dial(port)));
            if (registered.interrupt().isCancelled()) {
                connection.close();
                throw new SandboxGoneException(id());
            }
            work.accept(connection);
            return true;
        });
    }

    /**
     * Registers an action that cuts this call.
     *
     * @param cut called from another thread, perhaps more than once
     * @return the registration, which the caller closes
     * @throws SandboxGoneException if the call was cut before
     */
    LiveStreams.Registration onCut(Runnable cut) {
        var open = access.streams().add(id(), cut);
        if (registered.interrupt().isCancelled()) {
            open.close();
            cut.run();
            throw new SandboxGoneException(id());
        }
        return open;
    }

    /**
     * Returns the address of a port over HTTP; empty if the port is reachable only through a session. For the daemon's port it is
     * empty unless the backend's sandboxes run E2B's daemon.
     *
     * @throws SandboxGoneException if the sandbox has ended
     */
    Optional<HttpTarget> target(int port) {
        return orGone(() -> port == Target.ENVD_PORT
                ? access.sandboxes().httpTarget(sandbox(), port, Target.ENVD_PROTOCOL)
                : access.sandboxes().httpTarget(sandbox(), port));
    }

    /** Like {@link #target}, but asks the backend first. Use after a failed request. */
    Optional<HttpTarget> refreshTarget(int port) {
        return orGone(() -> access.sandboxes().refreshHttpTarget(sandbox(), port));
    }

    private <T> T orGone(Supplier<T> lookup) {
        try {
            return lookup.get();
        } catch (SandboxException e) {
            throw goneIfEnded(e);
        }
    }

    private RuntimeException goneIfEnded(SandboxException e) {
        return e.code() == ErrorCode.SANDBOX_ENDED ? new SandboxGoneException(id()) : e;
    }

    private <T> T within(Work<T, IOException> work) throws IOException {
        try {
            return access.sandboxes().use(sandbox(), work);
        } catch (SandboxException e) {
            var failed = e.code() == ErrorCode.BACKEND_FAILED;
            if ((failed || e.code() == ErrorCode.SANDBOX_ENDED) && exchange.committed()) {
                throw new AnswerCutException("the sandbox ended in the middle of the answer", e);
            }
            if (failed && !access.sandboxes().isRunning(id())) {
                throw new SandboxGoneException(id()); // it was paused at the same moment
            }
            throw goneIfEnded(e);
        }
    }

    /** Runs the work so that it can be cancelled. A failure of cancelled work is not reported as a failure of the backend. */
    private <T> T interruptible(Session session, Work<T, IOException> work) throws IOException {
        var interrupt = registered.interrupt();
        if (!interrupt.begin()) {
            throw new SandboxGoneException(id());
        }
        try {
            var result = work.in(session);
            interrupt.end();
            return result;
        } catch (IOException | RuntimeException e) {
            var cause = interrupt.end();
            if (cause == Cause.NOBODY) {
                throw e;
            }
            if (cause == Cause.CLIENT || exchange.committed()) {
                throw new AnswerCutException("the sandbox was paused or has ended, or the client has gone", e);
            }
            throw new SandboxGoneException(id());
        }
    }

    @Override
    public void close() {
        registered.close();
    }
}
