package dev.sandboxer.store;

import static dev.sandboxer.store.RawDatabase.assertFails;
import static dev.sandboxer.store.RawDatabase.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.testing.SmallDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlitePermissionTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("sandboxer.db");
    }

    @AfterEach
    void restorePermissions() throws Exception {
        allow(directory, "rwx------");
    }

    @Test
    void only_the_owner_can_read_a_new_database_and_its_files_whatever_the_umask(@TempDir Path home) throws Exception {
        try (var database = SqliteDatabase.open(home.resolve("sandboxer.db"))) {
            RawDatabase.insert(database, "one");
            try (var files = Files.list(home)) {
                for (Path one : files.toList()) {
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(one)))
                            .as(one.toString())
                            .isEqualTo("rw-------");
                }
            }
        }
    }

    @Test
    void a_database_on_a_read_only_file_system_is_refused() throws Exception {
        try (var disk = SmallDisk.on(directory, 4)) {
            SqliteDatabase.open(file).close();
            disk.makeReadOnly();

            assertFails(ErrorCode.STORE_READ_ONLY, () -> SqliteDatabase.open(file))
                    .hasMessageContaining(file.toString());
            assertFails(ErrorCode.STORE_READ_ONLY, () -> SqliteDatabase.open(directory.resolve("new.db")));
        }
    }

    @Test
    void a_file_that_may_not_be_written_is_refused_with_the_remedy() throws Exception {
        skipAsRoot();
        SqliteDatabase.open(file).close();
        allow(file, "r--------");

        assertFails(ErrorCode.STORE_READ_ONLY, () -> SqliteDatabase.open(file))
                .hasMessageContaining("chmod u+w " + file);
    }

    @Test
    void a_file_in_a_directory_that_may_not_be_written_is_refused() throws Exception {
        skipAsRoot();
        SqliteDatabase.open(file).close();
        allow(directory, "r-x------");

        assertFails(ErrorCode.STORE_READ_ONLY, () -> {
                    try (var database = SqliteDatabase.open(file)) {
                        insert(database, "one");
                    }
                })
                .hasMessageContaining(file.toString());
        assertFails(ErrorCode.STORE_READ_ONLY, () -> SqliteDatabase.open(directory.resolve("new.db")));
    }

    @Test
    void a_connection_that_turns_read_only_is_named_so() {
        try (var database = SqliteDatabase.open(file)) {
            database.read(handle -> handle.execute("PRAGMA query_only = 1"));
            assertFails(ErrorCode.STORE_READ_ONLY, () -> insert(database, "one"))
                    .hasMessageContaining("make it and its directory writable");
            assertThat(RawDatabase.ids(database)).isEmpty();
        }
    }

    private static void skipAsRoot() {
        assumeFalse(System.getProperty("user.name").equals("root"), "root may write whatever the permissions say");
    }

    private static void allow(Path path, String permissions) throws Exception {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }
}
