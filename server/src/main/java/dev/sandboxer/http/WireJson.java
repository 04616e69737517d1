package dev.sandboxer.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.deser.DeserializationProblemHandler;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** Reads and writes JSON bodies. Values of a wrong type are refused, and null values are not written. */
public final class WireJson {
    private static final int DEEPEST = 64;
    private static final int MAX_REASON_LENGTH = 300;
    private static final int MAX_NAME_LENGTH = 100;
    private static final Pattern TARGET =
            Pattern.compile("^Cannot (?:deserialize value of type .*?|construct instance of .*? to deserialize) from ");
    private static final Pattern COERCED = Pattern.compile("^Cannot coerce (.*) to [A-Za-z$.`]+ value");
    private static final Pattern TOKEN = Pattern.compile(" \\((?:token|but could|but might|start marker) .*");

    /** All quantifiers are possessive, so that no text causes backtracking. */
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

    /** Marks a part of a request that restricts something. An unknown field in it is refused, since ignoring it would lift a restriction. */
    public interface Restrictive {}

    private WireJson() {}

    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /**
     * Reads a request and refuses unknown fields, since ignoring one would silently drop what the client asked for.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}, saying what is wrong and where
     */
    public static <T> T read(byte[] bytes, Class<T> type) {
        return read(bytes, MAPPER.readerFor(type));
    }

    /**
     * Reads a request and ignores unknown fields, except those of {@link Restrictive} values. For APIs that others define, whose next
     * version may have more fields.
     *
     * @param unknown receives the name of each unknown field
     * @throws SandboxException {@code INVALID_ARGUMENT}, saying what is wrong and where
     */
    public static <T> T readLenient(byte[] bytes, Class<T> type, Consumer<String> unknown) {
        return read(bytes, MAPPER.readerFor(type).withHandler(new DeserializationProblemHandler() {
            @Override
            public boolean handleUnknownProperty(
                    DeserializationContext context,
                    JsonParser parser,
                    @Nullable ValueDeserializer<?> deserializer,
                    Object beanOrClass,
                    String name) {
                if (beanOrClass instanceof Restrictive
                        || beanOrClass instanceof Class<?> bean && Restrictive.class.isAssignableFrom(bean)) {
                    return false;
                }
                parser.skipChildren();
                unknown.accept(shortened(name));
                return true;
            }
        }));
    }

    private static <T> T read(byte[] bytes, ObjectReader reader) {
        try {
            @Nullable T value = reader.readValue(bytes);
            if (value == null) {
                throw new SandboxException(ErrorCode.INVALID_ARGUMENT, "the body must be a JSON object, not null");
            }
            return value;
        } catch (UnrecognizedPropertyException e) {
            throw new SandboxException(ErrorCode.INVALID_ARGUMENT, "the body has an unknown field" + field(e), e);
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

    /** Shortens a message and removes the package names, which mean nothing to a caller. */
    private static String firstLine(String message) {
        var end = message.indexOf('\n');
        var line = message.substring(0, Math.min(MAX_REASON_LENGTH, end < 0 ? message.length() : end));
        var spoken = COERCED.matcher(TARGET.matcher(line).replaceFirst("unexpected "))
                .replaceFirst("unexpected $1");
        return TOKEN.matcher(CLASS_NAME.matcher(spoken).replaceAll("$1"))
                .replaceAll("")
                .strip();
    }

    private static String shortened(String text) {
        return text.length() <= MAX_NAME_LENGTH ? text : text.substring(0, MAX_NAME_LENGTH) + "...";
    }
}
