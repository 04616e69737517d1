package dev.sandboxer.store;

import static dev.sandboxer.store.Databases.execute;
import static dev.sandboxer.store.Databases.foreign;
import static dev.sandboxer.store.Databases.ids;
import static dev.sandboxer.store.Databases.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("sandboxer.db");
    }

    @Test
    void a_new_database_is_made_with_all_tables() {
        try (var store = Store.open(file)) {
            assertThat(ids(store)).isEmpty();
        }
        assertThat(file).isNotEmptyFile();
    }

    @Test
    void an_empty_file_becomes_a_database() throws Exception {
        Files.createFile(file);
        try (var store = Store.open(file)) {
            assertThat(ids(store)).isEmpty();
        }
    }

    @Test
    void what_was_written_is_there_when_it_is_opened_again() {
        try (var store = Store.open(file)) {
            insert(store, "one");
        }
        try (var store = Store.open(file)) {
            insert(store, "two");
            assertThat(ids(store)).containsExactly("one", "two");
        }
    }

    @Test
    void a_closed_database_is_one_file() {
        try (var store = Store.open(file)) {
            insert(store, "one");
        }
        var mutex = directory.resolve("sandboxer.db.lock"); // empty, and of no use to a copy
        assertThat(directory).isDirectoryNotContaining(path -> !path.equals(file) && !path.equals(mutex));
        assertThat(mutex).isEmptyFile();
    }

    @Test
    void a_copy_made_by_sqlite_itself_lets_readers_wait_for_nobody() throws Exception {
        Store.open(file).close();
        var copy = directory.resolve("copy.db");
        execute(file, "VACUUM INTO '" + copy + "'");
        Store.open(copy).close();

        try (var foreign = foreign(copy);
                var statement = foreign.createStatement();
                var mode = statement.executeQuery("PRAGMA journal_mode")) {
            assertThat(mode.getString(1)).isEqualTo("wal");
        }
    }

    @Test
    void commits_wait_for_the_disk_and_rows_for_their_owners() {
        try (var store = Store.open(file)) {
            assertThat(pragma(store, "journal_mode")).isEqualTo("wal");
            assertThat(pragma(store, "synchronous")).as("FULL").isEqualTo("2");
            assertThat(pragma(store, "foreign_keys")).isEqualTo("1");
        }
    }

    @Test
    void a_transaction_that_fails_leaves_nothing() {
        try (var store = Store.open(file)) {
            assertThatThrownBy(() -> store.write(handle -> {
                        handle.execute("INSERT INTO installation (id) VALUES ('half')");
                        throw new IllegalStateException("on purpose");
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("on purpose");

            assertThat(ids(store)).isEmpty();
            insert(store, "whole");
            assertThat(ids(store)).containsExactly("whole");
        }
    }

    @Test
    void a_read_within_a_transaction_sees_what_it_has_written_and_does_not_wait_for_it() {
        try (var store = Store.open(file)) {
            store.write(handle -> {
                handle.execute("INSERT INTO installation (id) VALUES ('one')");
                assertThat(ids(store)).containsExactly("one");
            });
        }
    }

    @Test
    void a_duplicate_is_told_from_other_failures() {
        try (var store = Store.open(file)) {
            insert(store, "one");
            var duplicate = new boolean[2];
            store.write(handle -> {
                duplicate[0] = isDuplicate(() -> handle.execute("INSERT INTO installation (id) VALUES ('one')"));
                duplicate[1] = isDuplicate(() -> handle.execute("INSERT INTO installation (id) VALUES (NULL)"));
            });
            assertThat(duplicate).containsExactly(true, false);
        }
    }

    private static boolean isDuplicate(Runnable work) {
        try {
            work.run();
        } catch (JdbiException e) {
            return Store.isDuplicate(e);
        }
        throw new AssertionError("it worked");
    }

    private static String pragma(Store store, String name) {
        return store.read(handle ->
                handle.createQuery("PRAGMA " + name).mapTo(String.class).one());
    }
}
