package dev.sandboxer.modal.router;

import dev.sandboxer.extension.session.Ports;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.Session;

/** Work in one sandbox. Holds no connection of its own. */
record ModalSession(Processes processes, SandboxFiles files, Ports ports) implements Session {
    @Override
    public void close() {
        // nothing is held
    }
}
