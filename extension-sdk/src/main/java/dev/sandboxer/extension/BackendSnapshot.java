package dev.sandboxer.extension;

import java.time.Instant;

/**
 * A copy of a sandbox's disk, kept by the backend.
 *
 * @param name as given when it was made
 * @param template the name of the {@link dev.sandboxer.extension.spec.Source.Template} that starts from it; that sandbox's disk then has
 *     the size of this one, whatever its spec says
 * @param diskMiB size of the disk
 * @param createdAt when the copy was made
 */
public record BackendSnapshot(String name, String template, int diskMiB, Instant createdAt) {}
