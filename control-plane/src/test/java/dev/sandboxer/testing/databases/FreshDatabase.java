package dev.sandboxer.testing.databases;

import dev.sandboxer.store.SqliteDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The bytes of a new, migrated SQLite database. Creating one for each installation would take most of the tests' time. */
public final class FreshDatabase {
    private static final byte[] CONTENT = make();

    private FreshDatabase() {}

    static void copyTo(Path file) {
        try {
            Files.write(file, CONTENT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] make() {
        try {
            var directory = Files.createTempDirectory("sandboxer");
            var file = directory.resolve("fresh.db");
            SqliteDatabase.open(file).close();
            var content = Files.readAllBytes(file);
            Files.delete(file);
            Files.delete(directory.resolve("fresh.db.lock"));
            Files.delete(directory);
            return content;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
