package dev.sandboxer.extension;

import java.util.Map;

/** A backend that remembers the variables of a sandbox; {@link Capability#VARIABLES}. */
public interface Variables {
    /**
     * The variables that a sandbox was made with, the {@code env} of its {@link CreateRequest#spec()}; never null, may be empty.
     * A copy of the sandbox needs them, since a snapshot does not hold them.
     *
     * @param sandbox the backend's id of the sandbox
     * @return names and values
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended, {@code UNSUPPORTED} when it is paused and only
     *     the sandbox itself knows them
     */
    Map<String, String> variables(BackendRef sandbox);
}
