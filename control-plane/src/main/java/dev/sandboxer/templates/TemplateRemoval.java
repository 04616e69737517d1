package dev.sandboxer.templates;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.snapshots.Snapshots;
import dev.sandboxer.store.Database;
import java.util.List;
import java.util.stream.Collectors;

/** Deletes templates, and builds and snapshots that are no longer used. */
record TemplateRemoval(Database database, TemplateStore rows, Snapshots snapshots) {
    private static final int KEPT_FAILURES = 5;

    /** Deletes a template with all its builds. */
    void remove(Template template, List<Build> builds) {
        builds.forEach(this::remove);
        deleteUnusedLayers(template.consumer(), template.id(), "");
        database.write(handle -> rows.removeTemplate(handle, template.id()));
    }

    /** Deletes a build. Its row is deleted last, so that the build stays listed until its snapshot is deleted. */
    private void remove(Build build) {
        var snapshot = build.snapshot();
        if (snapshot != null) {
            snapshots.find(build.consumer(), snapshot).ifPresent(snapshots::delete);
        }
        database.write(handle -> rows.remove(handle, build.id()));
    }

    /**
     * Deletes the cached snapshots that a build has not used.
     *
     * @param build id of the build; empty = all are deleted
     */
    void deleteUnusedLayers(String consumer, String template, String build) {
        for (String snapshot : rows.layersOfOthers(template, build)) {
            try {
                snapshots.find(consumer, snapshot).ifPresent(snapshots::delete);
                database.write(handle -> rows.removeLayer(handle, template, snapshot));
            } catch (SandboxException e) {
                // the next build tries again
            }
        }
    }

    /** Deletes the ready builds without a tag, and all but the last 5 failed builds. */
    void prune(String template) {
        var tagged = rows.tags(template).stream().map(TemplateStore.Tag::build).collect(Collectors.toSet());
        var failures = 0;
        for (Build build : rows.builds(template)) {
            var unnamed = build.state() == Build.State.READY && !tagged.contains(build.id());
            if (unnamed || build.state() == Build.State.FAILED && ++failures > KEPT_FAILURES) {
                try {
                    remove(build);
                } catch (SandboxException e) {
                    // repair deletes it, or the next build does
                }
            }
        }
    }
}
