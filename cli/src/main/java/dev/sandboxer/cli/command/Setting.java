package dev.sandboxer.cli.command;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The value of an option that sets or lifts something, such as a limit.
 *
 * @param value null = lift it
 */
public record Setting<T>(@Nullable T value) {
    private static final String LIFT = "none";

    /**
     * Reads the value of an option; {@code none} lifts what was set.
     *
     * @param parse reads any other text; throws when it is not valid
     */
    public static <T> Setting<T> parse(String text, Function<String, T> parse) {
        return new Setting<T>(text.equals(LIFT) ? null : parse.apply(text));
    }
}
