package dev.sandboxer.cli.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The source tree that the tests of documents read. */
final class Tree {
    static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private Tree() {}

    static String read(String path) {
        try {
            return Files.readString(ROOT.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files below a directory whose names end so, sorted; without what was built. */
    static List<Path> files(Path directory, String ending) {
        try (var files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .filter(Files::isRegularFile)
                    .filter(file -> !file.toString().matches(".*/(target|node_modules)/.*"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
