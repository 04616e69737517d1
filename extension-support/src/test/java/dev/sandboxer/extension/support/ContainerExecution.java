package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Channel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A command in a {@link Container}, told as Docker does: output, then one number for the end, and that not before the last
 * descendant has let go of the output. After {@link #close} it goes on and its output is thrown away. Threads that read pipes
 * are the system's: a virtual one would hold its carrier.
 */
final class ContainerExecution implements Execution {
    private static final int CAPACITY = 4;
    private static final int PIECE = 32 << 10;

    private final Process process;
    private final Deque<ProcessEvent> events = new ArrayDeque<>();
    private boolean closed;

    private ContainerExecution(Process process) {
        this.process = process;
    }

    static ContainerExecution start(ProcessBuilder builder, boolean input) {
        try {
            var execution = new ContainerExecution(builder.start());
            if (!input) {
                execution.closeInput();
            }
            Thread.ofPlatform().daemon().start(execution::pump);
            return execution;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pump() {
        try {
            var errors = Thread.ofPlatform().daemon().start(() -> pump(Channel.STDERR, process.getErrorStream()));
            pump(Channel.STDOUT, process.getInputStream());
            errors.join();
            put(new ProcessEvent.Exited(process.waitFor(), 0, false));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void pump(Channel channel, InputStream from) {
        var buffer = new byte[PIECE];
        try {
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                put(new ProcessEvent.Output(channel, Arrays.copyOf(buffer, count)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized void put(ProcessEvent event) throws InterruptedException {
        while (events.size() >= CAPACITY && !closed) {
            wait();
        }
        events.add(event);
        if (closed) {
            events.clear();
        }
        notifyAll();
    }

    @Override
    public synchronized @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException {
        var end = timeout == null ? Long.MAX_VALUE : System.nanoTime() + timeout.toNanos();
        while (events.isEmpty()) {
            if (closed) {
                throw ExtensionException.notApplied(Kind.TRANSIENT, "closed on our side");
            }
            var left = end == Long.MAX_VALUE ? 0 : (end - System.nanoTime()) / 1_000_000;
            if (end != Long.MAX_VALUE && left <= 0) {
                return null;
            }
            wait(left);
        }
        notifyAll();
        return events.remove();
    }

    @Override
    public void writeInput(byte[] bytes, int offset, int length) {
        try {
            process.getOutputStream().write(bytes, offset, length);
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new OperationException(Reason.STDIN_CLOSED, "it reads no more");
        }
    }

    @Override
    public void closeInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // what was not read is not missed
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            events.clear();
            notifyAll();
        }
        closeInput();
    }
}
