package dev.sandboxer.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Finds arguments that are not valid text. The JVM silently replaces invalid bytes. */
final class Arguments {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final String REPLACED = "\uFFFD";

    private Arguments() {}

    /** Returns the first argument that differs from the bytes that were given. */
    static Optional<String> firstInvalid(String... arguments) {
        if (Arrays.stream(arguments).noneMatch(argument -> argument.contains(REPLACED))) {
            return Optional.empty();
        }
        try {
            return firstInvalid(Files.readAllBytes(COMMAND_LINE), arguments);
        } catch (IOException e) {
            throw new UncheckedIOException("can't read " + COMMAND_LINE, e);
        }
    }

    /**
     * Returns the first argument that differs from the bytes that were given.
     *
     * @param given the bytes of all arguments, each followed by a zero byte
     */
    static Optional<String> firstInvalid(byte[] given, String... arguments) {
        var words = List.of(new String(given, StandardCharsets.ISO_8859_1).split("\0"));
        return Arrays.stream(arguments)
                .filter(argument -> argument.contains(REPLACED))
                .filter(argument -> !words.contains(
                        new String(argument.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)))
                .findFirst();
    }
}
