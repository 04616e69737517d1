package dev.sandboxer.extension.feature;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionException;
import java.util.Map;

/** A backend that returns the environment variables that a sandbox was created with; {@link Capability#VARIABLES}. */
public interface Variables {
    /**
     * Returns the environment variables that a sandbox was created with: the {@code env} of its {@link CreateRequest#spec()}. Snapshots
     * don't contain them, so the caller passes them on to a sandbox that starts from a snapshot.
     *
     * @param sandbox the backend's id of the sandbox
     * @return values by name; never null, may be empty
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended; {@code UNSUPPORTED} when the sandbox is paused and its
     *     variables can be read only from inside it
     */
    Map<String, String> variables(BackendRef sandbox);
}
