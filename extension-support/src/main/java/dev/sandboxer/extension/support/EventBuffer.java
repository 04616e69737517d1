package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.ProcessEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of the events of one command, from the threads that receive them to the thread that reads them. A full buffer blocks the
 * receiving threads, and eventually the command. Thread-safe.
 */
public final class EventBuffer implements AutoCloseable {
    private static final int CAPACITY = 8;

    private final Deque<ProcessEvent> events = new ArrayDeque<>();
    private @Nullable RuntimeException failure;
    private boolean closed;
    private boolean complete;

    /** Creates an empty buffer. */
    public EventBuffer() {}

    /**
     * Adds an event. Blocks while the buffer is full; after {@link #close} it drops the event.
     *
     * @param event the event
     * @throws InterruptedException when the waiting thread was interrupted
     */
    public synchronized void put(ProcessEvent event) throws InterruptedException {
        while (events.size() >= CAPACITY && !closed && failure == null) {
            wait();
        }
        putWithoutBlocking(event);
    }

    /**
     * Adds an event, even if the buffer is full; after {@link #close} it drops the event.
     *
     * @param event the event
     */
    public synchronized void putWithoutBlocking(ProcessEvent event) {
        if (!closed) {
            events.add(event);
            complete = event instanceof ProcessEvent.Exited;
            notifyAll();
        }
    }

    /**
     * Makes {@link #next} fail after the events that are already in the buffer. Later calls have no effect.
     *
     * @param cause the exception that {@link #next} throws
     */
    public synchronized void fail(RuntimeException cause) {
        if (failure == null) {
            failure = cause;
        }
        notifyAll();
    }

    /**
     * Removes the next event, waiting for one if the buffer is empty.
     *
     * @param timeout how long to wait; null = without limit
     * @return the event; null when the timeout expired
     * @throws InterruptedException when the waiting thread was interrupted
     * @throws ExtensionException of kind {@code TRANSIENT} after {@link #close}
     */
    public synchronized @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException {
        var end = timeout == null ? 0 : System.nanoTime() + timeout.toNanos();
        while (events.isEmpty()) {
            if (closed) {
                throw ExtensionException.notApplied(Kind.TRANSIENT, "closed on our side");
            }
            if (failure != null) {
                throw failure;
            }
            if (timeout == null) {
                wait();
                continue;
            }
            var left = end - System.nanoTime();
            if (left <= 0) {
                return null;
            }
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        notifyAll();
        return events.remove();
    }

    /**
     * Returns true if more events may come: the buffer wasn't closed, didn't fail, and has not received {@link ProcessEvent.Exited}.
     *
     * @return true if more events may come
     */
    public synchronized boolean isOpen() {
        return !closed && !complete && failure == null;
    }

    /** Drops all events. Makes a thread that waits in {@link #next} fail and a thread that waits in {@link #put} return. */
    @Override
    public synchronized void close() {
        closed = true;
        events.clear();
        notifyAll();
    }
}
