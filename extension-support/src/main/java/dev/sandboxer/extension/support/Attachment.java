package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Somebody who reads what a launched process does. A full queue holds the process up. Thread-safe. */
final class Attachment implements RunningProcess {
    private static final int CAPACITY = 8;

    private final LaunchedProcess process;
    private final Deque<ProcessEvent> events = new ArrayDeque<>();
    private @Nullable RuntimeException failure;
    private boolean closed;
    private boolean exited;

    Attachment(LaunchedProcess process) {
        this.process = process;
    }

    LaunchedProcess process() {
        return process;
    }

    /** Hands an event over, waiting for room; drops it when nobody reads any more. */
    synchronized void offer(ProcessEvent event) throws InterruptedException {
        while (events.size() >= CAPACITY && !closed && !(event instanceof ProcessEvent.Exited)) {
            wait();
        }
        add(event);
    }

    /** Hands an event over without waiting. */
    synchronized void add(ProcessEvent event) {
        if (!closed) {
            events.add(event);
            notifyAll();
        }
    }

    /** Whoever reads learns, after what was handed over, that nothing more can be. */
    synchronized void fail(RuntimeException cause) {
        failure = cause;
        notifyAll();
    }

    @Override
    public int pid() {
        return process.info().pid();
    }

    @Override
    public synchronized @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException {
        if (exited) {
            throw new IllegalStateException("the process has ended");
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
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
        var event = events.remove();
        exited = event instanceof ProcessEvent.Exited;
        notifyAll();
        return event;
    }

    @Override
    public void writeInput(byte[] bytes, int offset, int length) {
        unlessEnded(() -> process.writeInput(bytes, offset, length));
    }

    @Override
    public void closeInput() {
        unlessEnded(process::closeInput);
    }

    @Override
    public void resize(PtySize size) {
        unlessEnded(() -> process.resize(size));
    }

    @Override
    public void signal(Signal signal, boolean wholeGroup) {
        unlessEnded(() -> process.signal(signal, wholeGroup));
    }

    /** Its events tell how it went; after the end there is nobody to tell. */
    private static void unlessEnded(Runnable call) {
        try {
            call.run();
        } catch (OperationException e) {
            if (!Failures.isEndOfInput(e)) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            events.clear();
            notifyAll();
        }
        process.detach(this);
    }
}
