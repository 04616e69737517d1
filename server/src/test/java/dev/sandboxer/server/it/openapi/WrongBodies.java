package dev.sandboxer.server.it.openapi;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Bodies that differ from a valid one in a single value, which has a wrong type or is not described. */
record WrongBodies(Description description, ObjectNode good) {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    List<String> of(JsonNode schema) {
        var found = new ArrayList<String>();
        description
                .resolved(schema)
                .path("properties")
                .properties()
                .forEach(property -> wrong(property.getValue()).forEach(value -> {
                    var body = good.deepCopy();
                    body.set(property.getKey(), value);
                    found.add(body.toString());
                }));
        if (description.resolved(schema).path("additionalProperties").isBoolean()) {
            found.add(good.deepCopy().put("another", 1).toString());
        }
        return found;
    }

    private List<JsonNode> wrong(JsonNode reference) {
        var schema = description.resolved(reference);
        return switch (schema.path("type").asString()) {
            case "string" -> values("1", "1.5", "true", "[]", "{}");
            case "integer" -> values("\"1\"", "\"\"", "1.5", "true", "[]", "{}", "1e99");
            case "number" -> values("\"1\"", "\"\"", "true", "[]", "{}", "1e99", "1e-99");
            case "boolean" -> values("\"true\"", "\"\"", "0", "1", "[]", "{}");
            case "array" -> {
                var all = values("\"x\"", "\"\"", "1", "{}", "true");
                wrong(schema.path("items"))
                        .forEach(item -> all.add(MAPPER.createArrayNode().add(item)));
                yield all;
            }
            case "object" -> {
                var all = values("\"x\"", "\"\"", "1", "[]", "true");
                schema.path("properties")
                        .properties()
                        .forEach(property -> wrong(property.getValue())
                                .forEach(value ->
                                        all.add(MAPPER.createObjectNode().set(property.getKey(), value))));
                var others = schema.path("additionalProperties");
                if (others.isBoolean()) {
                    all.addAll(values("{\"another\":1}"));
                } else if (!others.isMissingNode()) {
                    wrong(others)
                            .forEach(value -> all.add(MAPPER.createObjectNode().set("a", value)));
                }
                yield all;
            }
            default -> throw new AssertionError("what would be wrong for " + schema + "?");
        };
    }

    private static List<JsonNode> values(String... texts) {
        var all = new ArrayList<JsonNode>();
        for (String text : texts) {
            all.add(MAPPER.readTree(text));
        }
        return all;
    }
}
