package dev.sandboxer.local.agent;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The events of a stream from the agent, for one consuming thread. Another thread reads the frames into a short queue, because a Unix
 * socket can't be read with a timeout. When the queue is full, the reading thread waits, which in turn blocks the process that produces the
 * events.
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
        this.reader = sameKindOfThread().name(name).start(this::readAll);
    }

    /**
     * Returns a builder for threads of the same kind as the caller, virtual or platform. A server uses many virtual threads. A command uses
     * platform threads: once virtual threads have read from sockets, the JVM takes 300 ms longer to exit.
     */
    private static Thread.Builder sameKindOfThread() {
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
     * Waits for the next event.
     *
     * @param timeout null waits without limit
     * @return null after the timeout
     */
    @Nullable T next(@Nullable Duration timeout) throws InterruptedException {
        var received = timeout == null ? queue.take() : queue.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        return switch (received) {
            case null -> null;
            case Received.Event<T>(T event) -> event;
            case Received.Failure<T>(RuntimeException exception) -> throw exception;
        };
    }

    /** Closes the connection. A thread that waits for an event gets an exception. */
    @Override
    public void close() {
        connection.close();
        reader.interrupt();
        queue.clear();
        var _ = queue.offer(new Received.Failure<>(
                ExtensionException.notApplied(ExtensionException.Kind.TRANSIENT, "closed on our side")));
    }
}
