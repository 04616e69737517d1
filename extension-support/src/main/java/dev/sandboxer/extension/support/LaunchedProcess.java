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
 * A process that was launched. A thread of its own takes its output for whoever is attached; while nobody is, the output is thrown
 * away. Thread-safe.
 */
final class LaunchedProcess {
    private final Exec exec;
    private final Execution execution;
    private volatile ProcessInfo info;
    private final String began;
    private final boolean hasInput;
    private final @Nullable Duration timeout;
    private final long startedAt;
    /** Of the channels that tell the end; none on a terminal. */
    private final Map<Channel, EndMark> marks = new EnumMap<>(Channel.class);

    private final ReentrantLock input = new ReentrantLock();
    private boolean inputClosed;

    private final List<Attachment> attachments = new ArrayList<>();
    private @Nullable Exited exited;
    private @Nullable RuntimeException failure;
    private long endedAt;

    private LaunchedProcess(Exec exec, Execution execution, Launch launch, Beginning beginning, long startedAt) {
        var spec = launch.spec();
        this.exec = exec;
        this.execution = execution;
        this.info = new ProcessInfo(
                beginning.pid(), spec.tag(), spec.argv(), spec.env(), beginning.directory(), spec.pty() != null);
        this.began = beginning.began();
        this.hasInput = spec.stdin() || spec.pty() != null;
        this.timeout = spec.timeout();
        this.startedAt = startedAt;
        if (spec.pty() == null) {
            marks.put(Channel.STDOUT, new EndMark(launch.mark()));
            marks.put(Channel.STDERR, new EndMark(launch.mark()));
        }
    }

    /** Starts one; returns when it runs its own program, with somebody attached from its beginning on. */
    static Attachment start(Exec exec, Launch launch) {
        var startedAt = System.nanoTime();
        var execution = launch.start(exec);
        try {
            var beginning = Beginning.await(execution, launch.mark());
            var process = new LaunchedProcess(exec, execution, launch, beginning, startedAt);
            var first = process.attach();
            Thread.ofVirtual().name("process-" + beginning.pid()).start(() -> process.takeAll(beginning.output()));
            return first;
        } catch (OperationException | ExtensionException e) {
            execution.close();
            throw e;
        }
    }

    ProcessInfo info() {
        return info;
    }

    private void takeAll(List<Output> first) {
        try (execution) {
            for (var output : first) {
                take(output);
            }
            while (!endIsTold()) {
                switch (execution.next(null)) {
                    case Output output -> take(output);
                    case Exited end -> {
                        takeRest();
                        finish(toldEnd() == null ? end : toldEnd());
                        return;
                    }
                    case null -> {}
                }
            }
            finish(Objects.requireNonNull(toldEnd()));
        } catch (InterruptedException e) {
            lose(ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e));
        } catch (RuntimeException e) {
            lose(e); // a defect too: whoever waits has to learn of it
        }
    }

    private void take(Output output) throws InterruptedException {
        var mark = marks.get(output.channel());
        publish(output.channel(), mark == null ? output.bytes() : mark.accept(output.bytes()));
    }

    private void takeRest() throws InterruptedException {
        for (var one : marks.entrySet()) {
            publish(one.getKey(), one.getValue().flush());
        }
    }

    /** A child of the process may hold its pipes for long after that. */
    private boolean endIsTold() {
        return !marks.isEmpty() && marks.values().stream().allMatch(it -> it.exited() != null);
    }

    private @Nullable Exited toldEnd() {
        for (var mark : marks.values()) {
            if (mark.exited() != null) {
                return mark.exited();
            }
        }
        return null;
    }

    private void publish(Channel channel, byte[] bytes) throws InterruptedException {
        if (bytes.length > 0) {
            var receivers = receivers();
            for (int i = 0; i < receivers.size(); i++) {
                receivers.get(i).offer(new Output(channel, i == 0 ? bytes : bytes.clone()));
            }
        }
    }

    private synchronized List<Attachment> receivers() {
        return List.copyOf(attachments);
    }

    private void finish(Exited end) throws InterruptedException {
        var told = timedOut(end) ? new Exited(-1, Signal.KILL.number(), true) : end;
        synchronized (this) {
            exited = told;
            end();
        }
        for (var one : receivers()) {
            one.offer(told);
        }
    }

    /** Only the watchdog inside kills it for that, and not a moment earlier. */
    private boolean timedOut(Exited end) {
        return timeout != null
                && end.status() == 128 + Signal.KILL.number()
                && System.nanoTime() - startedAt >= timeout.toNanos();
    }

    private void lose(RuntimeException cause) {
        synchronized (this) {
            failure = cause;
            end();
        }
        receivers().forEach(one -> one.fail(cause));
    }

    /** Only what it can be found by is remembered. */
    private void end() {
        endedAt = System.nanoTime();
        info = new ProcessInfo(info.pid(), info.tag(), List.of(), Map.of(), "", info.pty());
    }

    /** Attaches somebody for what follows. */
    synchronized Attachment attach() {
        var one = new Attachment(this);
        if (failure != null) {
            one.fail(failure);
        } else if (exited != null) {
            one.add(exited);
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

    /** When it ended, in the system's nanoseconds; only when it has. */
    synchronized long endedAt() {
        return endedAt;
    }

    void writeInput(byte[] bytes, int offset, int length) {
        lockInput();
        try {
            requireRunning();
            if (!hasInput || inputClosed) {
                throw new OperationException(Reason.STDIN_CLOSED, "process " + info.pid() + " takes no input");
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
        if (!new ExecSignals(exec).send(info.pid(), began, signal, wholeGroup)) {
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
