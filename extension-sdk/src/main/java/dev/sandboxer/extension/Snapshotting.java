package dev.sandboxer.extension;

import java.util.List;

/** A backend that can keep a sandbox's disk and start others from it; {@link Capability#SNAPSHOT}. */
public interface Snapshotting {
    /**
     * Keeps the disk of a sandbox as it is now, whole and consistent. The sandbox stands still meanwhile, and then goes on or
     * stays paused. Memory and processes are not kept.
     *
     * @param sandbox the backend's id of the sandbox
     * @param name unique for ever, {@code [a-z0-9]{1,40}}
     * @return the copy, as the backend keeps it
     * @throws ExtensionException of kind {@code INVALID} and effect {@code NOT_APPLIED} when the backend still knows a snapshot of
     *     that name; {@code GONE} when the sandbox has ended; {@code CAPACITY} when there is no room for it; {@code UNSUPPORTED}
     *     when this sandbox has no disk of its own
     */
    BackendSnapshot snapshot(BackendRef sandbox, String name);

    /**
     * Lists all complete snapshots of this installation, in no order. Fails rather than returning a part.
     *
     * @return all of them, in no order
     */
    List<BackendSnapshot> snapshots();

    /**
     * Deletes a snapshot. Sandboxes that were started from it go on. Absent is success.
     *
     * @param name as given when it was made
     */
    void deleteSnapshot(String name);
}
