package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.extension.PortConnection;
import dev.sandboxer.extension.Session;
import dev.sandboxer.http.CutOff;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.lifecycle.Sandboxes.Work;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Work inside sandboxes for requests. It is cut when its sandbox is paused or has ended, since a frozen one answers nobody,
 * and when nobody is left who wants the answer.
 */
public final class InterruptibleCalls {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final SandboxAccess access;
    private final LiveStreams streams;

    public InterruptibleCalls(SandboxAccess access, LiveStreams streams) {
        this.access = access;
        this.streams = streams;
    }

    /**
     * Works for one answer. A client that has said all it will may still read, which can't be told from one that has gone: it
     * is granted a while.
     *
     * @throws SandboxAccess.GoneException when the sandbox was paused or ended before an answer began
     * @throws CutOff when it was after that, or the client has gone
     */
    public <T> T work(HttpExchange exchange, Sandbox sandbox, Work<T, IOException> work) throws IOException {
        var interruption = new CallInterrupt();
        exchange.onGone(() -> {
            LockSupport.parkNanos(GRACE.toNanos());
            interruption.now();
        });
        return work(exchange, sandbox, interruption, work);
    }

    /** Works for a stream, which ends at once with a client that says no more. */
    public <T> T stream(HttpExchange exchange, Sandbox sandbox, Work<T, IOException> work) throws IOException {
        var interruption = new CallInterrupt();
        exchange.onGone(interruption::now);
        return work(exchange, sandbox, interruption, work);
    }

    /** Works for a client that is read from or written to all the time, and so noticed when it goes. */
    public <T> T transfer(HttpExchange exchange, Sandbox sandbox, Work<T, IOException> work) throws IOException {
        return work(exchange, sandbox, new CallInterrupt(), work);
    }

    private <T> T work(HttpExchange exchange, Sandbox sandbox, CallInterrupt interruption, Work<T, IOException> work)
            throws IOException {
        return access.work(exchange, sandbox, session -> cuttable(exchange, sandbox, interruption, session, work));
    }

    /** A connection to a port, which is cut in the same way. */
    public PortConnection dial(HttpExchange exchange, Sandbox sandbox, Session session, int port) throws IOException {
        return cuttable(
                exchange,
                sandbox,
                new CallInterrupt(),
                session,
                open -> streams.add(sandbox.id(), open.ports().dial(port)));
    }

    private <T> T cuttable(
            HttpExchange exchange,
            Sandbox sandbox,
            CallInterrupt interruption,
            Session session,
            Work<T, IOException> work)
            throws IOException {
        try (var _ = streams.add(sandbox.id(), interruption::now)) {
            // asked after that: a pause is either seen here, or cuts us
            if (!access.runs(sandbox) || !interruption.begin()) {
                throw new SandboxAccess.GoneException(sandbox.id());
            }
            return uninterrupted(exchange, sandbox, interruption, session, work);
        }
    }

    /** What an interrupt made of the work is no failure of the backend's, and says nothing about the sandbox. */
    private <T> T uninterrupted(
            HttpExchange exchange,
            Sandbox sandbox,
            CallInterrupt interruption,
            Session session,
            Work<T, IOException> work)
            throws IOException {
        try {
            var result = work.in(session);
            interruption.end();
            return result;
        } catch (IOException | RuntimeException e) {
            if (!interruption.end()) {
                throw e;
            }
            // if it runs, it was the client that has gone
            if (exchange.committed() || access.runs(sandbox)) {
                throw new CutOff("the sandbox was paused or has ended, or the client has gone", e);
            }
            throw new SandboxAccess.GoneException(sandbox.id());
        }
    }
}
