package dev.sandboxer.e2b.envd;

import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Events of a stream, which can be read with a timeout. A thread moves messages into a short queue; when the queue is
 * full it stops reading, which slows the sender. One thread takes events.
 */
final class EventQueue<M, T> implements AutoCloseable {
    private static final int CAPACITY = 8;

    private final ConnectStream<M> stream;
    private final Decoder<M, T> decoder;
    private final BlockingQueue<Received<T>> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Thread reader;
    private volatile boolean closed;

    /** Turns messages into events. */
    interface Decoder<M, T> {
        /** Returns the event in a message; null when it has none. */
        @Nullable T event(M message) throws IOException;

        /** Returns true if no event follows this one. */
        boolean isLast(T event);

        /** Returns the last event for a stream that ended with an error, or throws what the error means. */
        T ended(ConnectException e);

        /** Returns the exception for a stream that ended without an error and without a last event. */
        RuntimeException endedEarly();

        /** Returns the exception for a stream that broke. */
        RuntimeException broken(IOException e);
    }

    private sealed interface Received<T> {
        record Event<T>(T event) implements Received<T> {}

        record Failure<T>(RuntimeException exception) implements Received<T> {}
    }

    EventQueue(ConnectStream<M> stream, String name, Decoder<M, T> decoder) {
        this.stream = stream;
        this.decoder = decoder;
        this.reader = Thread.ofVirtual().name(name).start(this::readAll);
    }

    private void readAll() {
        try (stream) {
            while (true) {
                var received = receive();
                queue.put(received);
                if (received instanceof Received.Failure<T>
                        || received instanceof Received.Event<T>(T event) && decoder.isLast(event)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            // closed while the queue was full
        }
    }

    private Received<T> receive() {
        try {
            while (true) {
                var message = stream.next();
                if (message == null) {
                    return new Received.Failure<>(decoder.endedEarly());
                }
                var event = decoder.event(message);
                if (event != null) {
                    return new Received.Event<>(event);
                }
            }
        } catch (ConnectException e) {
            return ended(e);
        } catch (IOException e) {
            return new Received.Failure<>(closed ? closedHere() : decoder.broken(e));
        } catch (RuntimeException e) {
            return new Received.Failure<>(e); // even a defect has to reach the waiting reader
        }
    }

    private Received<T> ended(ConnectException e) {
        try {
            return new Received.Event<>(decoder.ended(e));
        } catch (ExtensionException | OperationException failure) {
            return new Received.Failure<>(failure);
        }
    }

    /**
     * Returns the next event, or null after the timeout; a null timeout waits without limit. Throws what broke the
     * stream.
     */
    @Nullable T next(@Nullable Duration timeout) throws InterruptedException {
        var received = timeout == null ? queue.take() : queue.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        return switch (received) {
            case null -> null;
            case Received.Event<T>(T event) -> event;
            case Received.Failure<T>(RuntimeException exception) -> throw exception;
        };
    }

    /** Ends the transfer and wakes a waiting reader with an exception. */
    @Override
    public void close() {
        closed = true;
        stream.close();
        reader.interrupt();
        queue.clear();
        var _ = queue.offer(new Received.Failure<>(closedHere()));
    }

    private static ExtensionException closedHere() {
        return ExtensionException.notApplied(Kind.TRANSIENT, "closed on our side");
    }
}
