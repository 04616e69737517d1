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
 * Events of a stream, read with a timeout. A thread of its own takes messages into a short queue; a full queue stops it,
 * then the connection, then whatever produces them. One thread takes events.
 */
final class EventQueue<M, T> implements AutoCloseable {
    private static final int CAPACITY = 8;

    private final ConnectStream<M> stream;
    private final Decoder<M, T> decoder;
    private final BlockingQueue<Received<T>> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Thread reader;
    private volatile boolean closed;

    /** Makes events of messages. */
    interface Decoder<M, T> {
        /** The event in a message; null when there is none. */
        @Nullable T event(M message) throws IOException;

        /** Whether nothing follows. */
        boolean isLast(T event);

        /** What the stream's end with an error means: an event, or what is thrown. */
        T ended(ConnectException e);

        /** Thrown when it ended well without a last event. */
        RuntimeException endedEarly();

        /** Thrown when it broke. */
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
            return new Received.Failure<>(e); // a defect too: whoever waits has to learn of it
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
     * The next event, or null after the timeout; a null timeout waits without limit. Throws what broke the stream.
     */
    @Nullable T next(@Nullable Duration timeout) throws InterruptedException {
        var received = timeout == null ? queue.take() : queue.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        return switch (received) {
            case null -> null;
            case Received.Event<T>(T event) -> event;
            case Received.Failure<T>(RuntimeException exception) -> throw exception;
        };
    }

    /** Whoever waits for an event learns of it. */
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
