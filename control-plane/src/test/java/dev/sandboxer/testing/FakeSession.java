package dev.sandboxer.testing;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.Ports;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.Session;

/** A session that knows whether its sandbox is there, and can do nothing else. */
record FakeSession(Runnable requireRunning) implements Session {
    @Override
    public Processes processes() {
        throw unsupported();
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
