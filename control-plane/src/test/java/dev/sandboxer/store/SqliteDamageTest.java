package dev.sandboxer.store;

import static dev.sandboxer.store.RawDatabase.assertFails;
import static dev.sandboxer.store.RawDatabase.ids;
import static dev.sandboxer.store.RawDatabase.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqliteDamageTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("sandboxer.db");
    }

    @Test
    void a_file_that_is_no_database_is_refused_and_left_alone() throws Exception {
        var text = "this is not a database\n".repeat(500);
        Files.writeString(file, text);

        assertDamaged();

        assertThat(file).hasContent(text);
    }

    @Test
    void a_file_of_a_few_bytes_is_refused_and_left_alone() throws Exception {
        Files.writeString(file, "hello");
        assertDamaged();
        assertThat(file).hasContent("hello");
    }

    @Test
    void a_truncated_database_is_refused() throws Exception {
        var size = filled();
        for (long left : new long[] {size / 2, 5000, 4096, 100, 99}) {
            var copy = directory.resolve("truncated" + left + ".db");
            Files.copy(file, copy);
            try (var channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
                channel.truncate(left);
            }
            assertFails(ErrorCode.STORE_DAMAGED, () -> readAll(copy))
                    .as("cut to %s bytes", left)
                    .hasMessageContaining(copy.toString());
        }
    }

    @Test
    void a_database_with_garbage_in_its_middle_is_refused_when_the_garbage_is_read() throws Exception {
        var size = filled();
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (long page = 4096; page < size; page += 4096) {
                channel.write(ByteBuffer.wrap("garbage ".repeat(64).getBytes(StandardCharsets.UTF_8)), page);
            }
        }
        assertFails(ErrorCode.STORE_DAMAGED, () -> readAll(file)).hasMessageContaining("restore it");
    }

    @Test
    void a_directory_in_its_place_is_refused() throws Exception {
        Files.createDirectory(file);
        assertFails(ErrorCode.STORE_DAMAGED, () -> SqliteDatabase.open(file))
                .hasMessageContaining(file + " is a directory");
    }

    @Test
    void a_missing_directory_is_not_created() {
        var missing = directory.resolve("missing").resolve("sandboxer.db");
        assertFails(ErrorCode.STORE_READ_ONLY, () -> SqliteDatabase.open(missing))
                .hasMessageContaining(missing.toString());
        assertThat(missing.getParent()).doesNotExist();
    }

    @Test
    void a_write_ahead_log_of_garbage_does_not_harm_what_was_committed_before() throws Exception {
        filled();
        Files.writeString(directory.resolve("sandboxer.db-wal"), "garbage ".repeat(1000));
        try (var database = SqliteDatabase.open(file)) {
            assertThat(ids(database)).hasSize(2000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"token.key", "fingerprint.key", "local/s/abc", "saas-stub/local/s/abc"})
    void an_emptied_database_of_a_home_that_was_in_use_is_refused_and_left_alone(String trace) throws Exception {
        filled();
        Files.write(file, new byte[0]);
        Files.createDirectories(directory.resolve(trace));

        assertFails(ErrorCode.STORE_DAMAGED, () -> SqliteDatabase.open(file))
                .hasMessageContaining("is empty")
                .hasMessageContaining(trace)
                .hasMessageContaining("restore it from a backup");

        assertThat(file).isEmptyFile();
        assertFails(ErrorCode.STORE_DAMAGED, () -> SqliteDatabase.copy(file, directory.resolve("copy.db")));
        assertThat(directory.resolve("copy.db")).doesNotExist();
    }

    @Test
    void an_emptied_database_is_refused_when_its_log_holds_what_was_in_it() throws Exception {
        Files.createFile(file);
        Files.writeString(directory.resolve("sandboxer.db-wal"), "the last transactions");

        assertFails(ErrorCode.STORE_DAMAGED, () -> SqliteDatabase.open(file)).hasMessageContaining("sandboxer.db-wal");

        assertThat(directory.resolve("sandboxer.db-wal")).hasContent("the last transactions");
    }

    @Test
    void a_lost_database_of_a_home_with_sandboxes_is_refused_and_not_created_again() throws Exception {
        Files.createDirectories(directory.resolve("local/s/abc"));

        assertFails(ErrorCode.STORE_DAMAGED, () -> SqliteDatabase.open(file)).hasMessageContaining("is gone");

        assertThat(file).doesNotExist();
    }

    @Test
    void an_empty_file_in_a_new_home_is_a_leftover_of_a_first_start() throws Exception {
        Files.createFile(file);
        Files.createDirectories(directory.resolve("local/s"));
        Files.createDirectories(directory.resolve("extensions"));
        Files.createFile(directory.resolve("master-key.json"));

        try (var database = SqliteDatabase.open(file)) {
            insert(database, "one");
            assertThat(ids(database)).hasSize(1);
        }
    }

    private long filled() throws Exception {
        try (var database = SqliteDatabase.open(file)) {
            database.write(handle -> {
                for (int i = 0; i < 2000; i++) {
                    handle.execute("INSERT INTO installation (id) VALUES (?)", "a rather long text, number " + i);
                }
            });
        }
        return Files.size(file);
    }

    private static void readAll(Path file) {
        try (var database = SqliteDatabase.open(file)) {
            assertThat(ids(database)).hasSize(2000);
            insert(database, "one more");
        }
    }

    private void assertDamaged() {
        assertFails(ErrorCode.STORE_DAMAGED, () -> SqliteDatabase.open(file))
                .hasMessageContaining(file.toString())
                .hasMessageContaining("restore it, or use another SANDBOXER_HOME");
    }
}
