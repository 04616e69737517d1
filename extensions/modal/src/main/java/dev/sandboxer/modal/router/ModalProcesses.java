package dev.sandboxer.modal.router;

import dev.sandboxer.extension.session.ProcessInfo;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import java.util.List;

/** The processes started from this host. A listing first checks that the sandbox still runs. */
record ModalProcesses(Processes known, RouterChannel router, Runnable requireRunning) implements Processes {
    @Override
    public RunningProcess start(ProcessSpec spec) {
        return new ModalProcess(known.start(spec), router);
    }

    @Override
    public RunningProcess attach(ProcessSelector selector) {
        return new ModalProcess(known.attach(selector), router);
    }

    @Override
    public List<ProcessInfo> list() {
        requireRunning.run();
        return known.list();
    }

    @Override
    public void signal(ProcessSelector selector, Signal signal, boolean wholeGroup) {
        known.signal(selector, signal, wholeGroup);
    }

    @Override
    public void writeInput(ProcessSelector selector, byte[] bytes) {
        known.writeInput(selector, bytes);
    }

    @Override
    public void closeInput(ProcessSelector selector) {
        known.closeInput(selector);
    }

    @Override
    public void resize(ProcessSelector selector, PtySize size) {
        known.resize(selector, size);
    }
}
