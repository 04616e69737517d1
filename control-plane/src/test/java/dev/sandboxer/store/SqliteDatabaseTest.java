package dev.sandboxer.store;

import static dev.sandboxer.store.RawDatabase.execute;
import static dev.sandboxer.store.RawDatabase.foreign;
import static dev.sandboxer.store.RawDatabase.ids;
import static dev.sandboxer.store.RawDatabase.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteDatabaseTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("sandboxer.db");
    }

    @Test
    void a_new_database_is_created_with_all_tables() {
        try (var database = SqliteDatabase.open(file)) {
            assertThat(ids(database)).isEmpty();
        }
        assertThat(file).isNotEmptyFile();
    }

    @Test
    void an_empty_file_becomes_a_database() throws Exception {
        Files.createFile(file);
        try (var database = SqliteDatabase.open(file)) {
            assertThat(ids(database)).isEmpty();
        }
    }

    @Test
    void rows_are_still_there_when_the_database_is_opened_again() {
        try (var database = SqliteDatabase.open(file)) {
            insert(database, "one");
        }
        try (var database = SqliteDatabase.open(file)) {
            insert(database, "two");
            assertThat(ids(database)).containsExactly("one", "two");
        }
    }

    @Test
    void a_closed_database_is_one_file() {
        try (var database = SqliteDatabase.open(file)) {
            insert(database, "one");
        }
        // the two other files are empty, so a copy of the database doesn't need them
        var locks = List.of(directory.resolve("sandboxer.db.lock"), directory.resolve("sandboxer.db.queue"));
        assertThat(directory).isDirectoryNotContaining(path -> !path.equals(file) && !locks.contains(path));
        assertThat(locks).allSatisfy(lock -> assertThat(lock).isEmptyFile());
    }

    @Test
    void readers_of_a_copy_made_by_sqlite_do_not_wait_for_writers() throws Exception {
        SqliteDatabase.open(file).close();
        var copy = directory.resolve("copy.db");
        execute(file, "VACUUM INTO '" + copy + "'");
        SqliteDatabase.open(copy).close();

        try (var foreign = foreign(copy);
                var statement = foreign.createStatement();
                var mode = statement.executeQuery("PRAGMA journal_mode")) {
            assertThat(mode.getString(1)).isEqualTo("wal");
        }
    }

    @Test
    void commits_are_synced_to_disk_and_foreign_keys_are_enforced() {
        try (var database = SqliteDatabase.open(file)) {
            assertThat(pragma(database, "journal_mode")).isEqualTo("wal");
            assertThat(pragma(database, "synchronous")).as("FULL").isEqualTo("2");
            assertThat(pragma(database, "foreign_keys")).isEqualTo("1");
        }
    }

    @Test
    void a_transaction_that_fails_leaves_nothing() {
        try (var database = SqliteDatabase.open(file)) {
            assertThatThrownBy(() -> database.write(handle -> {
                        handle.execute("INSERT INTO installation (id) VALUES ('half')");
                        throw new IllegalStateException("on purpose");
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("on purpose");

            assertThat(ids(database)).isEmpty();
            insert(database, "whole");
            assertThat(ids(database)).containsExactly("whole");
        }
    }

    @Test
    void a_read_within_a_transaction_sees_what_it_has_written_and_does_not_wait_for_it() {
        try (var database = SqliteDatabase.open(file)) {
            database.write(handle -> {
                handle.execute("INSERT INTO installation (id) VALUES ('one')");
                assertThat(ids(database)).containsExactly("one");
            });
        }
    }

    private static String pragma(Database database, String name) {
        return database.read(handle ->
                handle.createQuery("PRAGMA " + name).mapTo(String.class).one());
    }
}
