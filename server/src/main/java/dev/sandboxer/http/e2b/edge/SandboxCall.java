package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.HttpTarget;
import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.http.CutOff;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.e2b.edge.CallInterrupt.Cause;
import dev.sandboxer.http.e2b.edge.SandboxAccess.Look;
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
 * One request's call into one sandbox. It is cut when the sandbox is paused or has ended, since a frozen sandbox answers
 * nobody, and when the client goes away. For the thread that serves the request.
 *
 * <p>The sandbox's row is read once, after the call was registered: a pause is either seen in the row, or finds the call
 * registered and cuts it.
 */
public final class SandboxCall implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final SandboxAccess access;
    private final HttpExchange exchange;
    private Look look;

    SandboxCall(SandboxAccess access, HttpExchange exchange, Look look) {
        this.access = access;
        this.exchange = exchange;
        this.look = look;
    }

    public HttpExchange exchange() {
        return exchange;
    }

    public SandboxId id() {
        return look.sandbox().id();
    }

    /** The sandbox as it was seen: running, or paused and to be woken by a call. */
    public Sandbox sandbox() {
        return look.sandbox();
    }

    public boolean isRunning() {
        return look.sandbox().state() == SandboxState.RUNNING;
    }

    /**
     * Wakes the sandbox if it is paused, and waits for a change of it that is under way. Only for callers that may use it.
     *
     * @throws SandboxGoneException when it does not run then
     */
    public void wake() {
        if (isRunning() && look.sandbox().pending() == null) {
            return;
        }
        look.close(); // the pause that is over or under way is not meant for this call
        access.wake(look.sandbox());
        look = access.look(id());
        if (!isRunning()) {
            throw new SandboxGoneException(id());
        }
    }

    /**
     * Works inside the sandbox for one answer. A client that has ended its stream may still read, which can't be told from one
     * that has gone, so the work goes on for a while.
     *
     * @throws SandboxGoneException when the sandbox was paused or has ended before an answer began
     * @throws CutOff when that happened after an answer began, or the client has gone
     */
    public <T> T answer(Work<T, IOException> work) throws IOException {
        var interrupt = look.interrupt();
        exchange.onGone(() -> {
            LockSupport.parkNanos(GRACE.toNanos());
            interrupt.now(Cause.CLIENT);
        });
        return transfer(work);
    }

    /** Works like {@link #answer} for a stream, which ends at once when the client ends its own. */
    public <T> T stream(Work<T, IOException> work) throws IOException {
        var interrupt = look.interrupt();
        exchange.onGone(() -> interrupt.now(Cause.CLIENT));
        return transfer(work);
    }

    /** Works like {@link #answer} for a client that is read from or written to all the time, which shows when it goes. */
    public <T> T transfer(Work<T, IOException> work) throws IOException {
        return within(session -> interruptible(session, work));
    }

    /** Works with a connection to a port. A pause closes the connection, also when it outlives the call. */
    void dial(int port, Consumer<PortConnection> work) throws IOException {
        within(session -> {
            var connection = interruptible(
                    session, open -> access.streams().add(id(), open.ports().dial(port)));
            if (look.interrupt().wasAsked()) {
                connection.close();
                throw new SandboxGoneException(id());
            }
            work.accept(connection);
            return true;
        });
    }

    /**
     * Registers what else ends this call from outside, possibly more than once.
     *
     * @return ends the registration
     * @throws SandboxGoneException when the call was cut before
     */
    LiveStreams.Open onCut(Runnable cut) {
        var open = access.streams().add(id(), cut);
        if (look.interrupt().wasAsked()) {
            open.close();
            cut.run();
            throw new SandboxGoneException(id());
        }
        return open;
    }

    /**
     * Where a port is reached over HTTP; empty when only a session leads there. The daemon's port is reached so only where the
     * backend's sandboxes have E2B's daemon.
     *
     * @throws SandboxGoneException when the sandbox has ended
     */
    Optional<HttpTarget> target(int port) {
        return there(() -> port == Target.ENVD_PORT
                ? access.sandboxes().httpTarget(sandbox(), port, Target.ENVD_PROTOCOL)
                : access.sandboxes().httpTarget(sandbox(), port));
    }

    /** Like {@link #target}, but asks the backend first. Use after a failed request. */
    Optional<HttpTarget> refreshTarget(int port) {
        return there(() -> access.sandboxes().refreshHttpTarget(sandbox(), port));
    }

    private <T> T there(Supplier<T> question) {
        try {
            return question.get();
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
                throw new CutOff("the sandbox ended in the middle of the answer", e);
            }
            if (failed && !access.sandboxes().isRunning(id())) {
                throw new SandboxGoneException(id()); // a pause was on its way to us
            }
            throw goneIfEnded(e);
        }
    }

    /** A failure that an interrupt caused is no failure of the backend's, and says nothing about the sandbox. */
    private <T> T interruptible(Session session, Work<T, IOException> work) throws IOException {
        var interrupt = look.interrupt();
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
                throw new CutOff("the sandbox was paused or has ended, or the client has gone", e);
            }
            throw new SandboxGoneException(id());
        }
    }

    @Override
    public void close() {
        look.close();
    }
}
