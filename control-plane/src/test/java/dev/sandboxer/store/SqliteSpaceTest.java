package dev.sandboxer.store;

import static dev.sandboxer.store.RawDatabase.assertFails;
import static dev.sandboxer.store.RawDatabase.ids;
import static dev.sandboxer.store.RawDatabase.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.testing.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteSpaceTest {
    private static final String LONG = "x".repeat(2000);

    @TempDir
    Path directory;

    @Test
    void a_database_that_cannot_grow_says_that_the_disk_is_full_and_loses_nothing() {
        var file = directory.resolve("sandboxer.db");
        try (var database = SqliteDatabase.open(file)) {
            database.read(handle -> handle.execute("PRAGMA max_page_count = 60"));
            var written = fill(database);

            assertFails(ErrorCode.DISK_FULL, () -> insert(database, LONG + "more"))
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("free some space");
            assertThat(ids(database)).hasSize(written);

            database.read(handle -> handle.execute("PRAGMA max_page_count = 1000000"));
            insert(database, LONG + "more");
            assertThat(ids(database)).hasSize(written + 1);
        }
    }

    @Test
    void a_full_disk_loses_nothing_that_was_committed() throws Exception {
        try (var _ = SmallDisk.on(directory, 2)) {
            var file = directory.resolve("sandboxer.db");
            var ballast = Files.write(directory.resolve("ballast"), new byte[64 * 1024]);
            int written;
            try (var database = SqliteDatabase.open(file)) {
                written = fill(database);
                assertFails(ErrorCode.DISK_FULL, () -> insert(database, LONG + "more"));
                assertThat(ids(database)).hasSize(written);
                Files.delete(ballast);
                insert(database, LONG + "more");
            }
            try (var database = SqliteDatabase.open(file)) {
                assertThat(ids(database)).hasSize(written + 1);
            }
        }
    }

    @Test
    void no_database_can_be_created_on_a_full_disk() throws Exception {
        try (var _ = SmallDisk.on(directory, 2)) {
            fillUp(directory.resolve("ballast"));
            assertFails(ErrorCode.DISK_FULL, () -> SqliteDatabase.open(directory.resolve("sandboxer.db")));

            Files.delete(directory.resolve("ballast"));
            SqliteDatabase.open(directory.resolve("sandboxer.db")).close();
        }
    }

    private static int fill(Database database) {
        for (int i = 0; ; i++) {
            try {
                insert(database, LONG + i);
            } catch (SandboxException e) {
                return i;
            }
        }
    }

    private static void fillUp(Path file) {
        try (var out = Files.newOutputStream(file)) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException e) {
            // full
        }
    }
}
