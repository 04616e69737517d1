package dev.sandboxer.extension.feature;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import java.util.List;

/** A backend that can copy a sandbox's disk and start sandboxes from the copy; {@link Capability#SNAPSHOT}. */
public interface Snapshotting {
    /**
     * Copies the disk of a sandbox as of one moment. A running sandbox is frozen during the copy and then continues; a paused one stays
     * paused. Memory and processes are not copied.
     *
     * @param sandbox the backend's id of the sandbox
     * @param name unique and never reused, {@code [a-z0-9]{1,40}}
     * @return the copy
     * @throws ExtensionException of kind {@code INVALID} and effect {@code NOT_APPLIED} when the backend already has a snapshot of that
     *     name; {@code GONE} when the sandbox has ended; {@code CAPACITY} when there is no room for the copy; {@code UNSUPPORTED} when this
     *     sandbox has no disk of its own
     */
    BackendSnapshot snapshot(BackendRef sandbox, String name);

    /**
     * Lists all complete snapshots of this installation, in no order. Throws rather than returning only some of them.
     *
     * @return all snapshots, never null
     */
    List<BackendSnapshot> snapshots();

    /**
     * Deletes a snapshot. Sandboxes that were started from it keep running. Succeeds if the snapshot doesn't exist.
     *
     * @param name the name given to {@link #snapshot}
     */
    void deleteSnapshot(String name);
}
