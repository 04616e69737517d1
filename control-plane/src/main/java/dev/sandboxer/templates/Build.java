package dev.sandboxer.templates;

import dev.sandboxer.observe.ProcessIdentity;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One build of a template.
 *
 * @param template id of the template
 * @param tags tags that it gets when it is ready
 * @param cpuMillis CPU of sandboxes from it; null = the profile's
 * @param memoryMiB memory of sandboxes from it; null = the profile's
 * @param snapshot id of the snapshot; null until it is ready
 * @param step the step that failed: its number from 1, or {@code base} or {@code finalize} for the parts before and after the steps
 * @param reason why it failed; null = it has not failed
 * @param actor the process that builds it
 */
public record Build(
        String id,
        String template,
        String consumer,
        State state,
        List<String> tags,
        @Nullable Integer cpuMillis,
        @Nullable Integer memoryMiB,
        @Nullable String snapshot,
        @Nullable String step,
        @Nullable String reason,
        Instant createdAt,
        @Nullable Instant endedAt,
        ProcessIdentity actor) {
    public Build {
        tags = List.copyOf(tags);
    }

    /** The state of a build. */
    public enum State {
        /** Requested; its steps have not arrived yet. */
        WAITING,
        BUILDING,
        READY,
        FAILED;

        /** Returns the state as users see it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
