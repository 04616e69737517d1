package dev.sandboxer.testing;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.Ports;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.testing.FakeProcesses.Act;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A session that can only start processes.
 *
 * @param requireRunning throws if the sandbox is gone
 * @param behaviour returns what a process does; null = processes are not supported
 */
record FakeSession(Runnable requireRunning, @Nullable Function<ProcessSpec, Act> behaviour) implements Session {
    @Override
    public Processes processes() {
        if (behaviour == null) {
            throw unsupported();
        }
        return new FakeProcesses(requireRunning, behaviour);
    }

    @Override
    public SandboxFiles files() {
        throw unsupported();
    }

    @Override
    public Ports ports() {
        throw unsupported();
    }

    private OperationException unsupported() {
        requireRunning.run();
        return new OperationException(OperationException.Reason.UNSUPPORTED, "the fake runs nothing");
    }

    @Override
    public void close() {}
}
