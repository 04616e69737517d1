package dev.sandboxer.extension;

import dev.sandboxer.extension.session.Session;
import java.util.Locale;

/** What a backend may be able to do, beyond creating sandboxes, running commands, transferring files and destroying. */
public enum Capability {
    /** Processes on a pseudo-terminal that can be resized. */
    PTY,
    /** Input to a running process. */
    STDIN,
    /** Watching directories for changes. */
    WATCH,
    /** Connections to any port inside; {@link Session#ports}. */
    PORTS,
    /** Key-value metadata on files. */
    FILE_METADATA,
    /** The deadline of a running sandbox can be moved; {@link Backend#setDeadline}. */
    EXTEND,
    /** CPU, memory and disk of a sandbox are those asked for. */
    SIZE,
    /** A sandbox can have GPUs. */
    GPU,
    /** A sandbox can start from an image of a container registry. */
    IMAGE,
    /** A request can say in which region the sandbox runs. */
    REGION,
    /** Commands can run as root inside. */
    ROOT,
    /** Outgoing connections can be denied as a whole. */
    NETWORK_DENY,
    /** Sandboxes reach the internet unless it is denied. */
    NETWORK_ALLOW,
    /** A running sandbox can be paused and resumed; {@link Pausing}. */
    PAUSE,
    /** The backend knows how much CPU, memory and disk a sandbox uses; {@link Measuring}. */
    METRICS,
    /** A sandbox's disk can be kept, and others can start from it; {@link Snapshotting}. */
    SNAPSHOT,
    /** The backend knows the variables that a sandbox was made with; {@link Variables}. */
    VARIABLES,
    /** Sandboxes are reached over HTTP at an address of the backend's own; {@link HttpPassage}. */
    HTTP_PASSAGE;

    /**
     * As people write and read it, such as {@code network_deny}.
     *
     * @return the name in lower case
     */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
