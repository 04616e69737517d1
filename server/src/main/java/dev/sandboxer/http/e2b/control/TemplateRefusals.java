package dev.sandboxer.http.e2b.control;

import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.e2b.edge.Caller;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.Templates;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Refuses requests that would build, publish, tag or delete a profile or an unknown template. Profiles are written in config.yaml. */
public final class TemplateRefusals {
    private static final String TEMPLATES = "templates";
    private static final String TAGS = "tags";
    private static final String NO_TAGS = "profiles have no tags";
    private static final List<String> VERSIONS = List.of("v2", "v3");

    private final Templates templates;

    public TemplateRefusals(Templates templates) {
        this.templates = templates;
    }

    /** The fields in which such requests name the template. */
    private record Named(
            @Nullable String name,
            @Nullable String alias,
            @Nullable String target) {
        String any() {
            return Stream.of(target, name, alias)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse("");
        }
    }

    /**
     * Refuses a request that matches no route, if its path is under {@code /templates}.
     *
     * @throws E2bException 400 if the template is a profile, 404 if it is unknown
     */
    public void refuse(HttpExchange exchange) throws IOException {
        var path = List.of(exchange.path().substring(1).split("/", -1));
        if (VERSIONS.contains(path.getFirst())) {
            path = path.subList(1, path.size());
        }
        if (path.isEmpty() || !path.getFirst().equals(TEMPLATES)) {
            return;
        }
        var about = path.subList(1, path.size());
        if (about.isEmpty()) {
            if (exchange.method().equals("POST")) {
                throw notBuilt(exchange.lenientJson(Named.class).any());
            }
            return;
        }
        if (about.getFirst().equals(TAGS)) {
            throw tags(exchange);
        }
        var name = HttpExchange.decode(about.getFirst().replace("+", "%2B"));
        throw refusal(exchange, name, about.contains(TAGS) ? NO_TAGS : why(exchange, about.size() > 1));
    }

    private static String why(HttpExchange exchange, boolean build) {
        if (build) {
            return "profiles are written in config.yaml, not built";
        }
        return exchange.method().equals("PATCH")
                ? "profiles are not published: an operator decides which consumers may use them"
                : "config.yaml describes it";
    }

    /** Returns the error for a request that sets or removes tags. */
    E2bException tags(HttpExchange exchange) throws IOException {
        var asked = exchange.lenientJson(Named.class).any();
        var tag = asked.lastIndexOf(':');
        return refusal(exchange, tag < 0 ? asked : asked.substring(0, tag), NO_TAGS);
    }

    /** Returns the error for a request to delete a name that is neither a built template nor a snapshot. */
    E2bException deletion(HttpExchange exchange, String name) {
        return refusal(exchange, name, "profiles are removed from config.yaml, not here");
    }

    /** Returns 400 if there is a profile of that name, else 404. */
    private E2bException refusal(HttpExchange exchange, String name, String why) {
        return templates.refusal(Caller.of(exchange), name, why);
    }

    private static E2bException notBuilt(String name) {
        return new E2bException(
                400,
                "this server takes no pushed images; build with an SDK's Template.build or with `sandboxer templates build`,"
                        + " or write a profile in config.yaml, with a template of its backend or an image"
                        + (name.isEmpty() ? "" : ", or map the name to one: " + Templates.mapping(name)));
    }
}
