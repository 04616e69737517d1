package dev.sandboxer.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** Reads and writes JSON bodies. Wrong types are refused, absent values are left out. */
public final class WireJson {
    private static final int DEEPEST = 64;
    private static final int LONGEST_REASON = 300;
    private static final int LONGEST_NAME = 100;
    private static final Pattern TARGET =
            Pattern.compile("^Cannot (?:deserialize value of type .*?|construct instance of .*? to deserialize) from ");
    private static final Pattern COERCED = Pattern.compile("^Cannot coerce (.*) to [A-Za-z$.`]+ value");
    private static final Pattern TOKEN = Pattern.compile(" \\((?:token|but could|but might|start marker) .*");

    /** Possessive throughout, so that no text causes backtracking. */
    private static final Pattern CLASS_NAME =
            Pattern.compile("`?+\\b[a-z]++(?:\\.[a-z0-9]++)++\\.([A-Z][A-Za-z$]*+)`?+");

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(LogicalType.Textual, text -> {
                for (var other :
                        List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)) {
                    text.setCoercion(other, CoercionAction.Fail);
                }
            })
            .changeDefaultPropertyInclusion(value -> value.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private WireJson() {}

    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /**
     * Reads a request and refuses unknown fields, since they ask for something that nobody would do.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}, saying what is wrong and where
     */
    public static <T> T read(byte[] bytes, Class<T> type) {
        try {
            var value = MAPPER.readValue(bytes, type);
            if (value == null) {
                throw new SandboxException(ErrorCode.INVALID_ARGUMENT, "the body has to be a JSON object, not null");
            }
            return value;
        } catch (UnrecognizedPropertyException e) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT, "the body has a field that is not known here" + field(e), e);
        } catch (DatabindException e) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the body is not as expected" + field(e) + ": " + firstLine(e.getOriginalMessage()),
                    e);
        } catch (InputCoercionException e) {
            var field = e.processor() instanceof JsonParser parser ? parser.currentName() : null;
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the body is not as expected" + (field == null ? "" : ": field \"" + shortened(field) + "\"") + ": "
                            + firstLine(e.getOriginalMessage()),
                    e);
        } catch (JacksonException e) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT, "the body is not JSON: " + firstLine(e.getOriginalMessage()), e);
        }
    }

    private static String field(DatabindException e) {
        var field = new StringBuilder();
        for (var step : e.getPath()) {
            if (step.getPropertyName() != null) {
                field.append(field.isEmpty() ? "" : ".").append(step.getPropertyName());
            } else {
                field.append('[').append(step.getIndex()).append(']');
            }
        }
        return field.isEmpty() ? "" : ": field \"" + shortened(field.toString()) + "\"";
    }

    /** Shortens a message and removes the names of our classes, which mean nothing to a caller. */
    private static String firstLine(String message) {
        var end = message.indexOf('\n');
        var line = message.substring(0, Math.min(LONGEST_REASON, end < 0 ? message.length() : end));
        var spoken = COERCED.matcher(TARGET.matcher(line).replaceFirst("it can't be made of "))
                .replaceFirst("it can't be made of $1");
        return TOKEN.matcher(CLASS_NAME.matcher(spoken).replaceAll("$1"))
                .replaceAll("")
                .strip();
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_NAME ? text : text.substring(0, LONGEST_NAME) + "...";
    }
}
