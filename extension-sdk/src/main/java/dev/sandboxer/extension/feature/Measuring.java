package dev.sandboxer.extension.feature;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;

/** A backend that measures the CPU, memory and disk that a sandbox uses; {@link Capability#METRICS}. */
public interface Measuring {
    /**
     * Measures a sandbox, running or paused.
     *
     * @param sandbox the backend's id of the sandbox
     * @return the latest measurement
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended
     */
    SandboxMetrics metrics(BackendRef sandbox);
}
