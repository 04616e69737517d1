package dev.sandboxer.templates;

import dev.sandboxer.lifecycle.snapshots.Snapshot;
import dev.sandboxer.lifecycle.snapshots.Snapshots;
import dev.sandboxer.observe.Countdown;
import dev.sandboxer.store.Database;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Caches snapshots of the disk after steps of a template's builds. A later build with the same first steps continues from the last of these
 * snapshots. A snapshot is made only after steps that took long enough. Used by one thread.
 */
final class StepCache {
    private final Database database;
    private final TemplateStore rows;
    private final Snapshots snapshots;
    private final Build build;
    private final Duration worthKeeping;
    private final List<String> keys;
    private Countdown notWorth;

    /**
     * @param base identifies the base of the build
     * @param worthKeeping how long steps must take for a snapshot to be worthwhile
     */
    StepCache(
            Database database,
            Snapshots snapshots,
            Build build,
            String base,
            Recipe recipe,
            BuildFiles files,
            Duration worthKeeping) {
        this.database = database;
        this.rows = new TemplateStore(database);
        this.snapshots = snapshots;
        this.build = build;
        this.worthKeeping = worthKeeping;
        this.keys = keys(base, recipe, files);
        this.notWorth = new Countdown(worthKeeping);
    }

    /** Returns a hash for each step, over the base and all steps up to it. Stops before the first step whose files can't be read. */
    private static List<String> keys(String base, Recipe recipe, BuildFiles files) {
        var keys = new ArrayList<String>();
        var below = base;
        for (Step step : recipe.steps()) {
            try {
                var content = step instanceof Step.Copy copy ? files.digest(copy) : "";
                below = hash(List.of(below, step.toString(), content));
            } catch (IOException e) {
                return keys;
            }
            keys.add(below);
        }
        return keys;
    }

    private static String hash(List<String> parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                digest.update((part.length() + ":" + part).getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * A snapshot of the disk after some steps.
     *
     * @param steps number of steps that are done in it
     */
    record Layer(int steps, Snapshot snapshot) {}

    /**
     * Finds the snapshot after the most steps.
     *
     * @param most maximum number of steps to take from the cache
     * @return null if there is none
     */
    @Nullable Layer find(int most) {
        for (int i = Math.min(most, keys.size()); i > 0; i--) {
            var kept = rows.layer(build.template(), keys.get(i - 1))
                    .flatMap(snapshot -> snapshots.find(build.consumer(), snapshot));
            if (kept.isPresent()) {
                database.write(handle -> keys.forEach(key -> rows.useLayer(handle, build.template(), key, build.id())));
                return new Layer(i, kept.get());
            }
        }
        return null;
    }

    /** Returns true if a snapshot after a step, counted from 1, is worthwhile. */
    boolean isWorthKeeping(int step) {
        return step <= keys.size() && notWorth.isOver();
    }

    /** Records the snapshot after a step, counted from 1, in the transaction that makes the snapshot ready. */
    Snapshots.Alongside keep(int step) {
        notWorth = new Countdown(worthKeeping);
        return (handle, snapshot) ->
                rows.addLayer(handle, build.template(), keys.get(step - 1), snapshot.id(), build.id());
    }
}
