package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One reader of a launched process. A reader that doesn't keep up blocks the process. Thread-safe. */
final class Attachment implements RunningProcess {
    private final LaunchedProcess process;
    private final EventBuffer events = new EventBuffer();
    private volatile boolean exited;

    Attachment(LaunchedProcess process) {
        this.process = process;
    }

    LaunchedProcess process() {
        return process;
    }

    EventBuffer events() {
        return events;
    }

    @Override
    public int pid() {
        return process.info().pid();
    }

    @Override
    public @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException {
        if (exited) {
            throw new IllegalStateException("the process has ended");
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        var event = events.next(timeout);
        exited = event instanceof ProcessEvent.Exited;
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

    /** Runs a call; ignores its failure if the process has ended, which the caller learns from the events. */
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
        events.close();
        process.detach(this);
    }
}
