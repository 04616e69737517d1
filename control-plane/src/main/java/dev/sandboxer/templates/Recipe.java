package dev.sandboxer.templates;

import dev.sandboxer.launch.Launch;
import dev.sandboxer.launch.ReadyCheck;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The instructions for building a template.
 *
 * @param from another template, a profile, or an image; null = the consumer's default profile
 * @param isImage true if {@code from} is certainly an image
 * @param start start command of sandboxes, a shell command line; null = none
 * @param ready ready check of sandboxes; null = none
 * @param cached how many of the first steps may be taken from an earlier build
 */
public record Recipe(
        @Nullable String from,
        boolean isImage,
        List<Step> steps,
        @Nullable String start,
        @Nullable ReadyCheck ready,
        int cached) {
    /** Creates a recipe whose steps may all be taken from earlier builds. */
    public Recipe(
            @Nullable String from,
            boolean isImage,
            List<Step> steps,
            @Nullable String start,
            @Nullable ReadyCheck ready) {
        this(from, isImage, steps, start, ready, Integer.MAX_VALUE);
    }

    /** Returns this recipe without the cache: every step runs. */
    public Recipe withoutCache() {
        return new Recipe(from, isImage, steps, start, ready, 0);
    }

    /**
     * Returns this recipe with the base's start command, and with the base's ready check if it has none. A recipe with its own start
     * command inherits neither.
     */
    Recipe over(Launch below) {
        if (start != null) {
            return this;
        }
        return new Recipe(from, isImage, steps, below.command(), ready == null ? below.ready() : ready, cached);
    }

    public Recipe {
        steps = List.copyOf(steps);
    }
}
