package dev.sandboxer.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** JSON as it goes over the wire: unknown fields are ignored, wrong types are not, absent values are left out. */
public final class Json {
    private static final int DEEPEST = 64;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxStringLength(64 << 20)
                            .build())
                    .build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
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

    private Json() {}

    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /**
     * Reads an object.
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
        } catch (DatabindException e) {
            throw new SandboxException(ErrorCode.INVALID_ARGUMENT, "the body is not as expected" + where(e), e);
        } catch (JacksonException e) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT, "the body is not JSON: " + firstLine(e.getOriginalMessage()), e);
        }
    }

    private static String where(DatabindException e) {
        var path = e.getPathReference();
        var field = new StringBuilder();
        for (var step : e.getPath()) {
            if (step.getPropertyName() != null) {
                field.append(field.isEmpty() ? "" : ".").append(step.getPropertyName());
            } else {
                field.append('[').append(step.getIndex()).append(']');
            }
        }
        var what = firstLine(e.getOriginalMessage());
        return (path.isEmpty() || field.isEmpty() ? "" : ": field \"" + field + "\"") + ": " + what;
    }

    /** Without the names of our classes, which mean nothing to a caller. */
    private static String firstLine(String message) {
        return message.lines()
                .findFirst()
                .orElse("")
                .replaceAll("`?[a-z]+(\\.[a-z0-9]+)+\\.([A-Z][A-Za-z$]*)`?", "$2")
                .strip();
    }
}
