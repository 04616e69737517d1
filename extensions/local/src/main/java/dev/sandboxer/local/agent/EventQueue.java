package dev.sandboxer.local.agent;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.OperationException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Events of a stream from the agent. A thread of its own takes frames into a short queue, because a Unix socket can't be read
 * with a time-out; a full queue stops it, and so in the end whatever produces the events. One thread takes events.
 */
final class EventQueue<T> implements AutoCloseable {
    private static final int CAPACITY = 8;

    private final AgentConnection connection;
    private final Function<Frame, T> decode;
    private final Predicate<T> isLast;
    private final BlockingQueue<Received<T>> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Thread reader;

    private sealed interface Received<T> {
        record Event<T>(T event) implements Received<T> {}

        record Failure<T>(RuntimeException exception) implements Received<T> {}
    }

    EventQueue(AgentConnection connection, String name, Function<Frame, T> decode, Predicate<T> isLast) {
        this.connection = connection;
        this.decode = decode;
        this.isLast = isLast;
        this.reader = likeThisThread().name(name).start(this::readAll);
    }

    /**
     * A server's threads are virtual, and many. A command's is not: the thread that polls for virtual ones is in native code
     * for good, and a JVM that ends waits 300 ms for such threads.
     */
    private static Thread.Builder likeThisThread() {
        return Thread.currentThread().isVirtual()
                ? Thread.ofVirtual()
                : Thread.ofPlatform().daemon();
    }

    private void readAll() {
        try {
            while (true) {
                var received = receive();
                queue.put(received);
                if (received instanceof Received.Failure<T>
                        || received instanceof Received.Event<T>(T event) && isLast.test(event)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            // closed while the queue was full
        }
    }

    private Received<T> receive() {
        try {
            return new Received.Event<>(decode.apply(connection.receive()));
        } catch (ExtensionException | OperationException e) {
            return new Received.Failure<>(e);
        }
    }

    /**
     * The next event, or null when the patience was up; null patience waits as long as it takes. Throws what broke the
     * stream.
     */
    @Nullable T next(@Nullable Duration patience) throws InterruptedException {
        var received = patience == null ? queue.take() : queue.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        return switch (received) {
            case null -> null;
            case Received.Event<T>(T event) -> event;
            case Received.Failure<T>(RuntimeException exception) -> throw exception;
        };
    }

    /** Whoever waits for an event learns of it. */
    @Override
    public void close() {
        connection.close();
        reader.interrupt();
        queue.clear();
        var _ = queue.offer(new Received.Failure<>(
                ExtensionException.notApplied(ExtensionException.Kind.TRANSIENT, "closed on our side")));
    }
}
