package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.extension.HttpPassage;
import dev.sandboxer.lifecycle.state.SandboxId;

/** What a request is for. */
public sealed interface Target {
    /** E2B's port for processes and files. */
    int ENVD_PORT = HttpPassage.ENVD_PORT;

    /** A sandbox's processes or files. */
    record Envd(SandboxId sandbox) implements Target {}

    /** A server in a sandbox. */
    record Port(SandboxId sandbox, int port) implements Target {}

    /** The control plane. */
    record Control() implements Target {}
}
