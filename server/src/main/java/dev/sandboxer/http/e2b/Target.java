package dev.sandboxer.http.e2b;

import dev.sandboxer.extension.HttpPassage;
import dev.sandboxer.lifecycle.state.SandboxId;

/** What a request is for. */
sealed interface Target {
    /** E2B's port for processes and files. */
    int ENVD_PORT = HttpPassage.ENVD_PORT;

    /** A sandbox's processes or files. */
    record Envd(SandboxId sandbox) implements Target {}

    /** A server in a sandbox. */
    record Port(SandboxId sandbox, int port) implements Target {}

    /** The control plane. */
    record Control() implements Target {}
}
