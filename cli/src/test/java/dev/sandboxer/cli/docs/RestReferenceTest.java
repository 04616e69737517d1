package dev.sandboxer.cli.docs;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** docs/reference/rest.md lists every route of the OpenAPI file. Another test compares that file with the server. */
class RestReferenceTest {
    private static final String FILE = "server/src/main/resources/dev/sandboxer/http/api/openapi.yaml";
    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

    @Test
    void every_route_is_listed() throws IOException {
        var yaml = new Load(LoadSettings.builder().build()).loadFromString(Tree.read(FILE));
        JsonNode paths = JsonMapper.shared().valueToTree(yaml).path("paths");
        var tables = new LinkedHashMap<String, StringBuilder>();
        for (String heading : new String[] {"Without a key", "sand-boxer's own API", "For operators", "E2B's"}) {
            tables.put(heading, new StringBuilder());
        }
        for (Map.Entry<String, JsonNode> path : paths.properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                if (METHODS.contains(method.getKey())) {
                    tables.get(heading(path.getKey(), method.getValue()))
                            .append(row(path.getKey(), method.getKey(), method.getValue()));
                }
            }
        }
        var page = new StringBuilder("""
                # HTTP routes

                All HTTP routes of `sandboxer serve`. A server returns their OpenAPI description, with all fields, at `/openapi.yaml`.

                Send a consumer's key as `X-API-Key`, the operator's key as `Authorization: Bearer KEY`. `make docs` generates this page from the
                OpenAPI file; it documents [E2] and [E3] of the capability registry.
                """);
        tables.forEach((heading, rows) -> page.append("\n## ")
                .append(heading)
                .append("\n\n| route | purpose | statuses |\n|---|---|---|\n")
                .append(rows));
        new GeneratedFile("docs/reference/rest.md").holds(page.toString());
    }

    private static String heading(String path, JsonNode operation) {
        var security = operation.path("security");
        if (security.toString().contains("operatorKey")) {
            return "For operators";
        }
        if (security.isArray() && security.isEmpty()) {
            return "Without a key";
        }
        return path.startsWith("/api/v1/") ? "sand-boxer's own API" : "E2B's";
    }

    private static String row(String path, String method, JsonNode operation) {
        return "| `%s %s` | %s | %s |\n"
                .formatted(
                        method.toUpperCase(Locale.ROOT),
                        path,
                        operation.path("summary").asString().replace("|", "\\|"),
                        String.join(" ", operation.path("responses").propertyNames()));
    }
}
