package dev.sandboxer.http.e2b;

import dev.sandboxer.extension.PortConnection;
import dev.sandboxer.extension.Session;
import dev.sandboxer.http.CutOff;
import dev.sandboxer.http.Exchange;
import dev.sandboxer.lifecycle.Sandbox;
import dev.sandboxer.lifecycle.SandboxState;
import dev.sandboxer.lifecycle.Sandboxes.Work;
import java.io.IOException;

/**
 * Work inside sandboxes for requests. It is cut when its sandbox is paused or has ended, since a frozen one answers nobody,
 * and when nobody is left who wants the answer.
 */
final class Visits {
    private final Inside inside;
    private final LiveStreams streams;

    Visits(Inside inside, LiveStreams streams) {
        this.inside = inside;
        this.streams = streams;
    }

    /**
     * Works inside for a request that has arrived, as far as anybody will read it.
     *
     * @throws Inside.GoneException when the sandbox was paused or ended before an answer began
     * @throws CutOff when it was after that
     */
    <T> T work(Exchange exchange, Sandbox sandbox, Work<T, IOException> work) throws IOException {
        var interruption = new Interruption();
        exchange.onGone(interruption::now);
        return inside.work(exchange, sandbox, session -> cuttable(exchange, sandbox, interruption, session, work));
    }

    /** The same for a request of which more is to be read; who reads it learns that its client has gone. */
    <T> T workWhileArriving(Exchange exchange, Sandbox sandbox, Work<T, IOException> work) throws IOException {
        return inside.work(
                exchange, sandbox, session -> cuttable(exchange, sandbox, new Interruption(), session, work));
    }

    /** A connection to a port, which is cut in the same way. */
    PortConnection dial(Exchange exchange, Sandbox sandbox, Session session, int port) throws IOException {
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
            if (inside.find(sandbox.id()).state() != SandboxState.RUNNING || !interruption.begin()) {
                throw new Inside.GoneException(sandbox.id());
            }
            return uninterrupted(exchange, sandbox, interruption, session, work);
        }
    }

    /** What an interrupt made of the work is no failure of the backend's, and says nothing about the sandbox. */
    private static <T> T uninterrupted(
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
            if (exchange.committed()) {
                throw new CutOff("the sandbox was paused or has ended, or the client has gone", e);
            }
            throw new Inside.GoneException(sandbox.id());
        }
    }
}
