package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.extension.PortConnection;
import dev.sandboxer.extension.Session;
import dev.sandboxer.http.CutOff;
import dev.sandboxer.http.Exchange;
import dev.sandboxer.lifecycle.Sandbox;
import dev.sandboxer.lifecycle.Sandboxes.Work;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Work inside sandboxes for requests. It is cut when its sandbox is paused or has ended, since a frozen one answers nobody,
 * and when nobody is left who wants the answer.
 */
public final class Visits {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Inside inside;
    private final LiveStreams streams;

    public Visits(Inside inside, LiveStreams streams) {
        this.inside = inside;
        this.streams = streams;
    }

    /**
     * Works for one answer. A client that has said all it will may still read, which can't be told from one that has gone: it
     * is granted a while.
     *
     * @throws Inside.GoneException when the sandbox was paused or ended before an answer began
     * @throws CutOff when it was after that, or the client has gone
     */
    public <T> T work(Exchange exchange, Sandbox sandbox, Work<T, IOException> work) throws IOException {
        var interruption = new Interruption();
        exchange.onGone(() -> {
            LockSupport.parkNanos(GRACE.toNanos());
            interruption.now();
        });
        return work(exchange, sandbox, interruption, work);
    }

    /** Works for a stream, which ends at once with a client that says no more. */
    public <T> T stream(Exchange exchange, Sandbox sandbox, Work<T, IOException> work) throws IOException {
        var interruption = new Interruption();
        exchange.onGone(interruption::now);
        return work(exchange, sandbox, interruption, work);
    }

    /** Works for a client that is read from or written to all the time, and so noticed when it goes. */
    public <T> T transfer(Exchange exchange, Sandbox sandbox, Work<T, IOException> work) throws IOException {
        return work(exchange, sandbox, new Interruption(), work);
    }

    private <T> T work(Exchange exchange, Sandbox sandbox, Interruption interruption, Work<T, IOException> work)
            throws IOException {
        return inside.work(exchange, sandbox, session -> cuttable(exchange, sandbox, interruption, session, work));
    }

    /** A connection to a port, which is cut in the same way. */
    public PortConnection dial(Exchange exchange, Sandbox sandbox, Session session, int port) throws IOException {
        return cuttable(
                exchange,
                sandbox,
                new Interruption(),
                session,
                open -> streams.add(sandbox.id(), open.ports().dial(port)));
    }

    private <T> T cuttable(
            Exchange exchange, Sandbox sandbox, Interruption interruption, Session session, Work<T, IOException> work)
            throws IOException {
        try (var _ = streams.add(sandbox.id(), interruption::now)) {
            // asked after that: a pause is either seen here, or cuts us
            if (!inside.runs(sandbox) || !interruption.begin()) {
                throw new Inside.GoneException(sandbox.id());
            }
            return uninterrupted(exchange, sandbox, interruption, session, work);
        }
    }

    /** What an interrupt made of the work is no failure of the backend's, and says nothing about the sandbox. */
    private <T> T uninterrupted(
            Exchange exchange, Sandbox sandbox, Interruption interruption, Session session, Work<T, IOException> work)
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
            if (exchange.committed() || inside.runs(sandbox)) {
                throw new CutOff("the sandbox was paused or has ended, or the client has gone", e);
            }
            throw new Inside.GoneException(sandbox.id());
        }
    }
}
