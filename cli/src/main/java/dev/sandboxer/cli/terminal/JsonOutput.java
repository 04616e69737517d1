package dev.sandboxer.cli.terminal;

import java.io.StringWriter;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * Writes the output of {@code --json}: records, collections, maps and plain values, nothing else. Jackson's data binding would
 * make every command slower, even without {@code --json}: docs/decisions/speed.md.
 */
public final class JsonOutput {
    private static final ObjectWriteContext INDENTED = new ObjectWriteContext.Base() {
        @Override
        public PrettyPrinter getPrettyPrinter() {
            return new DefaultPrettyPrinter();
        }

        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }
    };

    private JsonOutput() {}

    public static String text(Object value) {
        var text = new StringWriter();
        try (var out = new JsonFactory().createGenerator(INDENTED, text)) {
            write(out, value);
        }
        return text.toString();
    }

    private static void write(JsonGenerator out, @Nullable Object value) {
        switch (value) {
            case null -> out.writeNull();
            case Boolean flag -> out.writeBoolean(flag);
            case Integer number -> out.writeNumber(number);
            case Long number -> out.writeNumber(number);
            case BigDecimal number -> out.writeNumber(number);
            case String text -> out.writeString(text);
            case Enum<?> constant -> out.writeString(constant.name());
            case Instant time -> out.writeString(time.toString());
            case Record fields -> {
                out.writeStartObject();
                for (RecordComponent field : fields.getClass().getRecordComponents()) {
                    out.writeName(field.getName());
                    write(out, read(fields, field));
                }
                out.writeEndObject();
            }
            case Map<?, ?> map -> {
                out.writeStartObject();
                map.forEach((name, inner) -> {
                    out.writeName(name.toString());
                    write(out, inner);
                });
                out.writeEndObject();
            }
            case Collection<?> all -> {
                out.writeStartArray();
                all.forEach(inner -> write(out, inner));
                out.writeEndArray();
            }
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
    }

    private static @Nullable Object read(Record fields, RecordComponent field) {
        try {
            var accessor = field.getAccessor();
            accessor.setAccessible(true); // the records are not public
            return accessor.invoke(fields);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
