package dev.sandboxer.cli.templates;

import dev.sandboxer.templates.Build;
import dev.sandboxer.templates.BuiltTemplates;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A template as JSON. */
record TemplateView(
        String id, String name, Instant createdAt, Instant updatedAt, List<TagView> tags, List<BuildView> builds) {
    record TagView(String name, String build, Instant since) {}

    record BuildView(
            String id,
            String state,
            @Nullable String step,
            @Nullable String reason,
            @Nullable String snapshot,
            @Nullable Integer cpuMillis,
            @Nullable Integer memoryMiB,
            Instant createdAt,
            @Nullable Instant endedAt) {
        static BuildView of(Build build) {
            return new BuildView(
                    build.id(),
                    build.state().text(),
                    build.step(),
                    build.reason(),
                    build.snapshot(),
                    build.cpuMillis(),
                    build.memoryMiB(),
                    build.createdAt(),
                    build.endedAt());
        }
    }

    static TemplateView of(BuiltTemplates.Details details) {
        var template = details.template();
        return new TemplateView(
                template.id(),
                template.name(),
                template.createdAt(),
                template.updatedAt(),
                details.tags().stream()
                        .map(tag -> new TagView(tag.name(), tag.build(), tag.since()))
                        .toList(),
                details.builds().stream().map(BuildView::of).toList());
    }
}
