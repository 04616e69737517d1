package dev.sandboxer.extension;

/** What a backend may be able to do beyond create, run, transfer files and destroy. */
public enum Capability {
    /** Processes on a pseudo-terminal that can be resized. */
    PTY,
    /** Input to a running process. */
    STDIN,
    /** Watching directories for changes. */
    WATCH,
    /** Connections to ports inside. */
    PORTS,
    /** Key-value metadata on files. */
    FILE_METADATA,
    /** The deadline of a running sandbox can be moved. */
    EXTEND,
    /** CPU, memory and disk of a sandbox follow the request. */
    SIZE,
    /** A sandbox can have GPUs. */
    GPU,
    /** A sandbox can start from an image of a container registry. */
    IMAGE,
    /** A request can say in which region the sandbox runs. */
    REGION,
    /** Commands can run as root inside. */
    ROOT,
    /** Outgoing network can be denied. */
    NETWORK_DENY,
    /** Outgoing network can be allowed. */
    NETWORK_ALLOW,
    /** A running sandbox can be frozen and thawed; {@link Pausing}. */
    PAUSE,
    /** What a sandbox uses can be asked; {@link Measuring}. */
    METRICS,
    /** A sandbox's disk can become the start of another; {@link Snapshotting}. */
    SNAPSHOT,
    /** The variables that a sandbox was made with can be asked; {@link Variables}. */
    VARIABLES,
    /** Sandboxes are reached over HTTP at an address of the backend's own; {@link HttpPassage}. */
    HTTP_PASSAGE
}
