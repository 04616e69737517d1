package dev.sandboxer.testing.databases;

import dev.sandboxer.store.Database;
import dev.sandboxer.store.SqliteDatabase;
import dev.sandboxer.store.TestDatabases;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A new SQLite file. */
public record SqliteFile(Path file) implements TestDatabase {
    public SqliteFile {
        FreshDatabase.copyTo(file);
    }

    /** Creates the file in a home directory, under its usual name. */
    public static SqliteFile in(Path home) {
        return new SqliteFile(home.resolve("sandboxer.db"));
    }

    @Override
    public Database open() {
        return SqliteDatabase.open(file);
    }

    @Override
    public Database watched(Consumer<String> boundary, Consumer<String> statements) {
        return TestDatabases.watched(file, boundary, statements);
    }
}
