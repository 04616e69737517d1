package dev.sandboxer.templates;

import java.time.Instant;

/**
 * A template of a consumer.
 *
 * @param name unique for its consumer
 * @param updatedAt when its last build was requested
 */
public record Template(String id, String consumer, String name, Instant createdAt, Instant updatedAt) {}
