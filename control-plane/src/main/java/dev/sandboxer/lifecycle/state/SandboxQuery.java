package dev.sandboxer.lifecycle.state;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A query for one page of a consumer's sandboxes. Sandboxes that never ran are left out.
 *
 * @param states only sandboxes in one of these states
 * @param metadata only sandboxes that have all of these pairs
 * @param template only sandboxes from this template: the id of a built template or of a snapshot, or the name of a profile if they come
 *     from neither; null = any
 * @param startedFrom only sandboxes started then or later; null = any
 * @param newestFirst true = latest start first; false = earliest start first. Equal times are ordered by id
 * @param after last entry of the previous page; null = from the beginning
 * @param limit maximum number
 */
public record SandboxQuery(
        String consumer,
        Set<SandboxState> states,
        Map<String, String> metadata,
        @Nullable String template,
        @Nullable Instant startedFrom,
        boolean newestFirst,
        @Nullable Cursor after,
        int limit) {
    public SandboxQuery {
        states = Set.copyOf(states);
        metadata = Map.copyOf(metadata);
    }

    /** A position in a list that is ordered by a time and then by id. */
    public record Cursor(long atMs, String id) {
        public static Cursor of(Sandbox sandbox) {
            return new Cursor(
                    Objects.requireNonNull(sandbox.startedAt()).toEpochMilli(),
                    sandbox.id().value());
        }
    }
}
