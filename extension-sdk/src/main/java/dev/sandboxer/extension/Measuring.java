package dev.sandboxer.extension;

/** A backend that knows how much CPU, memory and disk a sandbox uses; {@link Capability#METRICS}. */
public interface Measuring {
    /**
     * Measures a sandbox, running or paused.
     *
     * @param sandbox the backend's id of the sandbox
     * @return what was measured
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended
     */
    SandboxMetrics metrics(BackendRef sandbox);
}
