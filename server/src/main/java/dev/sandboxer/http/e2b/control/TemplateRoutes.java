package dev.sandboxer.http.e2b.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.http.e2b.edge.Caller;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.profiles.Profile;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Routes that list profiles as templates. Profiles stand in the configuration and are never built. */
final class TemplateRoutes {
    private final Templates templates;
    private final Instant since;

    /**
     * @param since when the configuration was read; shown as the time of creation, which is not known
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
        exchange.json(
                200,
                templates.catalogue(Caller.of(exchange)).all().stream()
                        .map(this::view)
                        .toList());
    }

    private View view(Profile profile) {
        var alias = SandboxViews.alias(profile);
        return new View(
                profile.name().value(),
                "00000000-0000-0000-0000-000000000000",
                "ready",
                SandboxViews.cpus(profile.size().cpuMillis()),
                profile.size().memoryMiB(),
                profile.size().diskMiB(),
                false,
                List.of(alias),
                List.of(alias),
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
        var start = templates.find(Caller.of(exchange), exchange.parameter("alias"));
        var snapshot = start.snapshot();
        exchange.json(200, new Alias(snapshot == null ? start.profile().name().value() : snapshot.id(), false));
    }
}
