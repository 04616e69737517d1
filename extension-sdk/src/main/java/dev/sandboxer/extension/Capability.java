package dev.sandboxer.extension;

import dev.sandboxer.extension.feature.Accounting;
import dev.sandboxer.extension.feature.HttpPassage;
import dev.sandboxer.extension.feature.Measuring;
import dev.sandboxer.extension.feature.NetworkCounting;
import dev.sandboxer.extension.feature.NetworkUpdating;
import dev.sandboxer.extension.feature.PackageFetching;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.feature.Snapshotting;
import dev.sandboxer.extension.feature.Variables;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.spec.SandboxSpec;
import java.util.Locale;

/**
 * An optional feature of a backend. Every backend can create and destroy sandboxes, run commands in them and transfer files.
 *
 * <p>A capability that names an interface, such as {@link Pausing}, is declared if and only if the {@link Backend} implements it.
 */
public enum Capability {
    /** Processes on a pseudo-terminal that can be resized. */
    PTY,
    /** Standard input of a running process. */
    STDIN,
    /** Directories can be watched for changes. */
    WATCH,
    /** Connections to any TCP port inside the sandbox; {@link Session#ports}. */
    PORTS,
    /** Key-value metadata on files. */
    FILE_METADATA,
    /** The deadline of a running sandbox can be moved; {@link Backend#setDeadline}. */
    EXTEND,
    /** The backend ends an unused sandbox before its deadline; {@link SandboxSpec#idleTimeout}. */
    IDLE_TIMEOUT,
    /** A sandbox gets the CPU, memory and disk of its spec. */
    SIZE,
    /** A sandbox can have GPUs. */
    GPU,
    /** A sandbox can start from an image of a container registry. */
    IMAGE,
    /** A spec can name the region where the sandbox runs. */
    REGION,
    /** Commands can run as root inside the sandbox. */
    ROOT,
    /** All outgoing connections can be denied. */
    NETWORK_DENY,
    /** Sandboxes reach the internet unless their spec denies it. */
    NETWORK_ALLOW,
    /** The network rules of a running sandbox can be changed; {@link NetworkUpdating}. */
    NETWORK_UPDATE,
    /** The backend counts the bytes that sandboxes receive and send; {@link NetworkCounting}. */
    NETWORK_BYTES,
    /** A running sandbox can be paused and resumed; {@link Pausing}. */
    PAUSE,
    /** The backend measures the CPU, memory and disk that a sandbox uses; {@link Measuring}. */
    METRICS,
    /** The backend's service reports its own usage figures and prices; {@link Accounting}. */
    ACCOUNTING,
    /** A sandbox's disk can be copied, and sandboxes can start from the copy; {@link Snapshotting}. */
    SNAPSHOT,
    /** The backend fetches Debian packages for sandboxes without a network; {@link PackageFetching}. */
    PACKAGES,
    /** The backend returns the environment variables that a sandbox was created with; {@link Variables}. */
    VARIABLES,
    /** Requests for a sandbox's port can be forwarded to an HTTP address of the backend; {@link HttpPassage}. */
    HTTP_PASSAGE;

    /**
     * Returns the name as it appears in configuration and output, such as {@code network_deny}.
     *
     * @return the name in lower case
     */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
