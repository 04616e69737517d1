package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent.Channel;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessEvent.Output;
import dev.sandboxer.extension.session.ProcessInfo;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A process started by {@code launch.sh}. A dedicated thread passes its output to the attached readers, and discards it while there are
 * none. Thread-safe.
 */
final class LaunchedProcess {
    private final Exec exec;
    private final Execution execution;
    private volatile ProcessInfo info;
    /** In clock ticks since boot, as in {@code /proc/PID/stat}. */
    private final String startTime;

    private final boolean hasInput;
    private final @Nullable Duration timeout;
    /** By {@link System#nanoTime}, just before the start. */
    private final long startedAt;

    /** One for each channel that reports the exit; none on a terminal. */
    private final Map<Channel, EndMarkFilter> filters = new EnumMap<>(Channel.class);

    private final ReentrantLock input = new ReentrantLock();
    private boolean inputClosed;

    private final List<Attachment> attachments = new ArrayList<>();
    private @Nullable Exited exited;
    private @Nullable RuntimeException failure;
    private long endedAt;

    private LaunchedProcess(Exec exec, Execution execution, Launch launch, StartReport report, long startedAt) {
        var spec = launch.spec();
        this.exec = exec;
        this.execution = execution;
        this.info = new ProcessInfo(
                report.pid(), spec.tag(), spec.argv(), spec.env(), report.directory(), spec.pty() != null);
        this.startTime = report.startTime();
        this.hasInput = spec.stdin() || spec.pty() != null;
        this.timeout = spec.timeout();
        this.startedAt = startedAt;
        if (spec.pty() == null) {
            filters.put(Channel.STDOUT, new EndMarkFilter(launch.mark()));
            filters.put(Channel.STDERR, new EndMarkFilter(launch.mark()));
        }
    }

    /** Starts a process and returns once it executes its own program. The returned reader receives the output from the beginning. */
    static Attachment start(Exec exec, Launch launch) {
        var startedAt = System.nanoTime();
        var execution = launch.start(exec);
        try {
            var report = StartReport.await(execution, launch.mark());
            var process = new LaunchedProcess(exec, execution, launch, report, startedAt);
            var first = process.attach();
            Thread.ofVirtual().name("process-" + report.pid()).start(() -> process.pump(report.output()));
            return first;
        } catch (OperationException | ExtensionException e) {
            execution.close();
            throw e;
        }
    }

    ProcessInfo info() {
        return info;
    }

    private void pump(List<Output> first) {
        try (execution) {
            for (var output : first) {
                accept(output);
            }
            while (!endIsReported()) {
                switch (execution.next(null)) {
                    case Output output -> accept(output);
                    case Exited end -> {
                        flush();
                        finish(Objects.requireNonNullElse(reportedEnd(), end));
                        return;
                    }
                    case null -> {}
                }
            }
            finish(Objects.requireNonNull(reportedEnd()));
        } catch (InterruptedException e) {
            fail(ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e));
        } catch (RuntimeException e) {
            fail(e); // readers must see every failure, even a programming error
        }
    }

    private void accept(Output output) throws InterruptedException {
        var filter = filters.get(output.channel());
        publish(output.channel(), filter == null ? output.bytes() : filter.accept(output.bytes()));
    }

    private void flush() throws InterruptedException {
        for (var one : filters.entrySet()) {
            publish(one.getKey(), one.getValue().flush());
        }
    }

    /** Returns true if every channel has reported the exit. A child of the process may hold the pipes open for much longer. */
    private boolean endIsReported() {
        return !filters.isEmpty() && filters.values().stream().allMatch(it -> it.exited() != null);
    }

    private @Nullable Exited reportedEnd() {
        for (var filter : filters.values()) {
            if (filter.exited() != null) {
                return filter.exited();
            }
        }
        return null;
    }

    private void publish(Channel channel, byte[] bytes) throws InterruptedException {
        if (bytes.length > 0) {
            var readers = readers();
            for (int i = 0; i < readers.size(); i++) {
                readers.get(i).events().put(new Output(channel, i == 0 ? bytes : bytes.clone()));
            }
        }
    }

    private synchronized List<Attachment> readers() {
        return List.copyOf(attachments);
    }

    private void finish(Exited end) {
        var reported = timedOut(end) ? new Exited(-1, Signal.KILL.number(), true) : end;
        synchronized (this) {
            exited = reported;
            markEnded();
        }
        readers().forEach(one -> one.events().putWithoutBlocking(reported));
    }

    /** Returns true if the watchdog in the sandbox has killed the process: the signal was KILL and the time limit has passed. */
    private boolean timedOut(Exited end) {
        return timeout != null
                && end.status() == 128 + Signal.KILL.number()
                && System.nanoTime() - startedAt >= timeout.toNanos();
    }

    private void fail(RuntimeException cause) {
        synchronized (this) {
            failure = cause;
            markEnded();
        }
        readers().forEach(one -> one.events().fail(cause));
    }

    /** Records the end, and drops what is no longer needed to find the process. */
    private void markEnded() {
        endedAt = System.nanoTime();
        info = new ProcessInfo(info.pid(), info.tag(), List.of(), Map.of(), "", info.pty());
    }

    /** Attaches a reader, which gets the output from now on. */
    synchronized Attachment attach() {
        var one = new Attachment(this);
        if (failure != null) {
            one.events().fail(failure);
        } else if (exited != null) {
            one.events().putWithoutBlocking(exited);
        } else {
            attachments.add(one);
        }
        return one;
    }

    synchronized void detach(Attachment one) {
        attachments.remove(one);
    }

    synchronized boolean hasEnded() {
        return exited != null || failure != null;
    }

    /** Returns the time of the end, as {@link System#nanoTime}. Valid only after the end. */
    synchronized long endedAt() {
        return endedAt;
    }

    void writeInput(byte[] bytes, int offset, int length) {
        lockInput();
        try {
            requireRunning();
            if (!hasInput || inputClosed) {
                throw new OperationException(
                        Reason.STDIN_CLOSED, "process " + info.pid() + " has no standard input, or it was closed");
            }
            if (length > 0) {
                execution.writeInput(bytes, offset, length);
            }
        } finally {
            input.unlock();
        }
    }

    void closeInput() {
        lockInput();
        try {
            requireRunning();
            if (hasInput && !inputClosed) {
                inputClosed = true;
                execution.closeInput();
            }
        } finally {
            input.unlock();
        }
    }

    private void lockInput() {
        try {
            input.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExtensionException.notApplied(Kind.TRANSIENT, "interrupted");
        }
    }

    void resize(PtySize size) {
        requireRunning();
        if (!info.pty()) {
            throw new OperationException(Reason.INVALID, "process " + info.pid() + " has no terminal");
        }
        if (!execution.resize(size) && !new ExecTerminals(exec).resize(info.pid(), size)) {
            throw notFound();
        }
    }

    void signal(Signal signal, boolean wholeGroup) {
        requireRunning();
        if (!new ExecSignals(exec).send(info.pid(), startTime, signal, wholeGroup)) {
            throw notFound();
        }
    }

    private void requireRunning() {
        if (hasEnded()) {
            throw notFound();
        }
    }

    private OperationException notFound() {
        return new OperationException(Reason.PROCESS_NOT_FOUND, "process " + info.pid() + " has ended");
    }
}
