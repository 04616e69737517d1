package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.lifecycle.state.SandboxId;

/** The target of a request: the control plane, a sandbox's daemon, or a port. All three share one origin. */
public sealed interface Target {
    /** The port of E2B's daemon, which serves processes and files. */
    int ENVD_PORT = 49_983;

    /** The name of the daemon's protocol among backends; see {@link dev.sandboxer.extension.feature.HttpPassage#protocols}. */
    String ENVD_PROTOCOL = "envd";

    /** A sandbox's processes or files. */
    record Envd(SandboxId sandbox) implements Target {}

    /** A server in a sandbox. */
    record Port(SandboxId sandbox, int port) implements Target {}

    /** The control plane. */
    record Control() implements Target {}
}
