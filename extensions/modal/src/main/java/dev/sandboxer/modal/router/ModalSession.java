package dev.sandboxer.modal.router;

import dev.sandboxer.extension.session.Ports;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.Session;

/** A session in one sandbox. Its connection belongs to {@link SandboxConnections}. */
record ModalSession(Processes processes, SandboxFiles files, Ports ports) implements Session {
    @Override
    public void close() {
        // nothing to close
    }
}
