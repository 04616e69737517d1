package dev.sandboxer.http.e2b.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.http.e2b.edge.Caller;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileCatalogue;
import dev.sandboxer.templates.Build;
import dev.sandboxer.templates.BuiltTemplates;
import dev.sandboxer.templates.Template;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Routes that list templates: the profiles of the configuration, and the templates that the consumer has built. */
final class TemplateRoutes {
    private final Templates templates;
    private final Instant since;

    /**
     * @param since when the configuration was read; shown as the profiles' time of creation, which is not known
     */
    TemplateRoutes(Templates templates, Instant since) {
        this.templates = templates;
        this.since = since;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/templates", this::list),
                new Route("GET", "/templates/aliases/{alias}", this::alias));
    }

    private record View(
            String templateID,
            String buildID,
            String buildStatus,
            int cpuCount,
            int memoryMB,
            int diskSizeMB,
            @JsonProperty("public") boolean open,
            List<String> aliases,
            List<String> names,
            Instant createdAt,
            Instant updatedAt,
            @JsonInclude @Nullable Map<String, String> createdBy,
            @JsonInclude @Nullable Instant lastSpawnedAt,
            int spawnCount,
            int buildCount,
            String envdVersion) {}

    private void list(HttpExchange exchange) throws IOException {
        var catalogue = templates.catalogue(Caller.of(exchange));
        var views = new ArrayList<View>();
        catalogue
                .all()
                .forEach(
                        profile -> views.add(view(profile, catalogue.templates().of(profile.name()))));
        for (var details : templates.built().list(Caller.of(exchange))) {
            details.builds().stream().findFirst().ifPresent(newest -> views.add(view(details, newest, catalogue)));
        }
        exchange.json(200, views);
    }

    private static View view(BuiltTemplates.Details details, Build newest, ProfileCatalogue catalogue) {
        var template = details.template();
        var usual = catalogue.defaultProfile().size();
        var cpu = newest.cpuMillis() == null ? usual.cpuMillis() : newest.cpuMillis();
        var names = List.of(template.name());
        return new View(
                template.id(),
                newest.id(),
                switch (newest.state()) {
                    case WAITING -> "waiting";
                    case BUILDING -> "building";
                    case READY -> "ready";
                    case FAILED -> "error";
                },
                SandboxViews.cpus(cpu),
                newest.memoryMiB() == null ? usual.memoryMiB() : newest.memoryMiB(),
                usual.diskMiB(),
                false,
                names,
                names,
                template.createdAt(),
                template.updatedAt(),
                null,
                null,
                0,
                details.builds().size(),
                SandboxViews.ENVD_VERSION);
    }

    private View view(Profile profile, List<String> otherNames) {
        var names = new ArrayList<>(List.of(SandboxViews.alias(profile)));
        names.addAll(otherNames);
        return new View(
                profile.name().value(),
                "00000000-0000-0000-0000-000000000000",
                "ready",
                SandboxViews.cpus(profile.size().cpuMillis()),
                profile.size().memoryMiB(),
                profile.size().diskMiB(),
                false,
                names,
                names,
                since,
                since,
                null,
                null,
                0,
                1,
                SandboxViews.ENVD_VERSION);
    }

    private record Alias(
            String templateID, @JsonProperty("public") boolean open) {}

    private void alias(HttpExchange exchange) throws IOException {
        var consumer = Caller.of(exchange);
        var alias = exchange.parameter("alias");
        // A template exists even if its first build failed. At E2B a build reserves its name when it is requested, and
        // this call looks at builds only if the request names a tag.
        var built = templates.built().template(consumer, alias);
        exchange.json(
                200,
                new Alias(
                        built.map(Template::id)
                                .orElseGet(() -> templates.find(consumer, alias).id()),
                        false));
    }
}
