package dev.sandboxer.server.it.openapi;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** An OpenAPI file as data. Operations are named like {@code GET /sandboxes}. */
final class Description {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
    private final JsonNode document;

    Description(String yaml) {
        document = MAPPER.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(yaml));
    }

    Set<String> operations() {
        var found = new TreeSet<String>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .map(Map.Entry::getKey)
                        .filter(METHODS::contains)
                        .forEach(method -> found.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));
        return found;
    }

    private JsonNode operation(String operation) {
        var at = operation.indexOf(' ');
        var found = document.path("paths")
                .path(operation.substring(at + 1))
                .path(operation.substring(0, at).toLowerCase(java.util.Locale.ROOT));
        if (found.isMissingNode()) {
            throw new AssertionError(operation + " is not described");
        }
        return found;
    }

    boolean needsKey(String operation) {
        return operation(operation).path("security").isMissingNode();
    }

    boolean needsOperator(String operation) {
        return operation(operation).path("security").toString().contains("operatorKey");
    }

    Set<String> statuses(String operation) {
        return new TreeSet<>(operation(operation).path("responses").propertyNames());
    }

    /** Returns the description of an answer; empty if the operation has none for that status. */
    Optional<JsonNode> response(String operation, int status) {
        var found = operation(operation).path("responses").path(Integer.toString(status));
        return found.isMissingNode() ? Optional.empty() : Optional.of(resolved(found));
    }

    /** Returns the schema of the operation's JSON body; empty if it has none. */
    Optional<JsonNode> body(String operation) {
        var found = operation(operation).at("/requestBody/content/application~1json/schema");
        return found.isMissingNode() ? Optional.empty() : Optional.of(found);
    }

    JsonNode resolved(JsonNode node) {
        var reference = node.path("$ref");
        return reference.isString() ? document.at(reference.asString().substring(1)) : node;
    }

    /** Returns the differences between a request's body and its schema. */
    List<String> faults(JsonNode schema, JsonNode value) {
        return faults(schema, value, document.path("components"));
    }

    /** Returns the differences between an answer and its schema. Unlike a request's body, an answer must not have undescribed fields. */
    List<String> faultsOfAnswer(JsonNode schema, JsonNode value) {
        var components = document.path("components").deepCopy();
        for (JsonNode component : components.path("schemas")) {
            if (component.has("properties") && !component.has("additionalProperties")) {
                ((ObjectNode) component).put("additionalProperties", false);
            }
        }
        return faults(schema, value, components);
    }

    private List<String> faults(JsonNode schema, JsonNode value, JsonNode components) {
        var root = (ObjectNode) schema.deepCopy();
        root.set("components", components);
        Schema compiled = registry.getSchema(root);
        return compiled.validate(value).stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
                .toList();
    }
}
