package dev.sandboxer.modal.router;

import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A process that reports the sandbox's end when it was killed with its sandbox. */
record ModalProcess(RunningProcess process, RouterChannel router) implements RunningProcess {
    @Override
    public int pid() {
        return process.pid();
    }

    @Override
    public @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException {
        var event = process.next(timeout);
        if (event instanceof Exited exit && exit.signal() == Signal.KILL.number() && !exit.timedOut()) {
            router.findEndOrDestruction().ifPresent(end -> {
                throw end.gone(router.sandbox());
            });
        }
        return event;
    }

    @Override
    public void writeInput(byte[] bytes, int offset, int length) {
        process.writeInput(bytes, offset, length);
    }

    @Override
    public void closeInput() {
        process.closeInput();
    }

    @Override
    public void resize(PtySize size) {
        process.resize(size);
    }

    @Override
    public void signal(Signal signal, boolean wholeGroup) {
        process.signal(signal, wholeGroup);
    }

    @Override
    public void close() {
        process.close();
    }
}
