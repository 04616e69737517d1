package dev.sandboxer.extension.feature;

import java.time.Instant;

/**
 * A copy of a sandbox's disk, stored by the backend.
 *
 * @param name the name given to {@link Snapshotting#snapshot}
 * @param template the name of the {@link dev.sandboxer.extension.spec.Source.Template} that starts a sandbox from this copy. The new
 *     sandbox's disk has the size of the copy, not the size in its spec
 * @param diskMiB size of the disk
 * @param createdAt when the copy was made
 */
public record BackendSnapshot(String name, String template, int diskMiB, Instant createdAt) {}
