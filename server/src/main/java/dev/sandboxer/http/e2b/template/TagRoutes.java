package dev.sandboxer.http.e2b.template;

import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.http.e2b.edge.Caller;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.templates.BuiltTemplates;
import dev.sandboxer.templates.Template;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Routes for the tags of templates. */
final class TagRoutes {
    private static final String NO_TAGS = "profiles have no tags";

    private final Templates names;
    private final BuiltTemplates templates;

    TagRoutes(Templates names) {
        this.names = names;
        this.templates = names.built();
    }

    List<Route> routes() {
        return List.of(
                new Route("POST", "/templates/tags", this::assign),
                new Route("DELETE", "/templates/tags", this::remove),
                new Route("GET", "/templates/{templateID}/tags", this::list));
    }

    private record Assignment(
            @Nullable String target, @Nullable List<String> tags) {}

    private record Assigned(String buildID, List<String> tags) {}

    private record Removal(@Nullable String name, @Nullable List<String> tags) {}

    private record View(String tag, String buildID, Instant createdAt) {}

    /**
     * Returns a template that the consumer has built.
     *
     * @throws E2bException 400 if it is a profile; 404 if it is unknown
     */
    private Template require(HttpExchange exchange, String name) {
        var consumer = Caller.of(exchange);
        return templates.template(consumer, name).orElseThrow(() -> names.refusal(consumer, name, NO_TAGS));
    }

    private void assign(HttpExchange exchange) throws IOException {
        var asked = exchange.lenientJson(Assignment.class);
        var target = asked.target();
        var tags = asked.tags();
        if (target == null || tags == null || tags.isEmpty()) {
            throw new E2bException(400, "target and tags are required");
        }
        require(exchange, target.replaceFirst(":.*", ""));
        var build = templates.assign(Caller.of(exchange), target, tags);
        exchange.json(201, new Assigned(build.id(), tags));
    }

    private void remove(HttpExchange exchange) throws IOException {
        var asked = exchange.lenientJson(Removal.class);
        var name = asked.name();
        var tags = asked.tags();
        if (name == null || tags == null) {
            throw new E2bException(400, "name and tags are required");
        }
        require(exchange, name);
        templates.unassign(Caller.of(exchange), name, tags);
        exchange.empty(204);
    }

    private void list(HttpExchange exchange) throws IOException {
        var template = require(exchange, exchange.parameter("templateID"));
        exchange.json(
                200,
                templates.details(template).tags().stream()
                        .map(tag -> new View(tag.name(), tag.build(), tag.since()))
                        .toList());
    }
}
