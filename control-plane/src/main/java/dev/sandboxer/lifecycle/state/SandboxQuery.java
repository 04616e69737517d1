package dev.sandboxer.lifecycle.state;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which sandboxes of a consumer are wanted, of those that have ever run, one page of them.
 *
 * @param states those in one of these
 * @param metadata those that have all of these pairs
 * @param template those made from that, which is a snapshot's id or, for those made from none, a profile's name; null =
 *     from any
 * @param startedFrom those that were ready then or later; null = whenever
 * @param newestFirst the order by that time; those of the same time by id
 * @param after the last one of the page before; null = from the beginning
 * @param limit how many at most
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

    /** A place in a list that is ordered by a time. */
    public record Cursor(long atMs, String id) {
        public static Cursor of(Sandbox sandbox) {
            return new Cursor(
                    Objects.requireNonNull(sandbox.startedAt()).toEpochMilli(),
                    sandbox.id().value());
        }
    }
}
