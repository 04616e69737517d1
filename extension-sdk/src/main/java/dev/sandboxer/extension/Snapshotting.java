package dev.sandboxer.extension;

import java.util.List;

/** A backend that can keep a sandbox's disk and start others from it; {@link Capability#SNAPSHOT}. */
public interface Snapshotting {
    /**
     * Keeps the disk of a sandbox as it is now, whole and consistent: the sandbox stands still meanwhile and then goes on
     * (or stays paused). Memory and processes are not kept.
     *
     * @param name unique for ever, {@code [a-z0-9]{1,40}}; a second call with a name that the backend still knows fails with
     *     kind {@code INVALID} and effect {@code NOT_APPLIED}
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended, {@code CAPACITY} when there is no room for
     *     it, {@code UNSUPPORTED} when this sandbox has no disk of its own
     */
    BackendSnapshot snapshot(BackendRef sandbox, String name);

    /** All complete snapshots of this installation. */
    List<BackendSnapshot> snapshots();

    /** Removes one. Sandboxes that were started from it go on. Absent is success. */
    void deleteSnapshot(String name);
}
