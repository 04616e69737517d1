package dev.sandboxer.extension;

/** A backend that knows what a sandbox uses; {@link Capability#METRICS}. */
public interface Measuring {
    /**
     * What it uses now. Works for a paused sandbox too.
     *
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended
     */
    SandboxMetrics metrics(BackendRef sandbox);
}
