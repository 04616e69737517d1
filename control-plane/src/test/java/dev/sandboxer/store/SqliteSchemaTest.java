package dev.sandboxer.store;

import static dev.sandboxer.store.RawDatabase.assertFails;
import static dev.sandboxer.store.RawDatabase.execute;
import static dev.sandboxer.store.RawDatabase.ids;
import static dev.sandboxer.store.RawDatabase.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.testing.CrashPoints;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteSchemaTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("sandboxer.db");
    }

    @Test
    void the_version_is_the_number_of_scripts() throws Exception {
        var first = getClass().getResource("/db/migration/V1__sandboxes.sql");
        assertThat(first).isNotNull();
        try (var scripts = Files.list(Path.of(first.toURI()).getParent())) {
            assertThat(scripts.map(path -> path.getFileName().toString().replaceAll("__.*", "")))
                    .allMatch(name -> name.matches("V[1-9][0-9]*"))
                    .doesNotHaveDuplicates()
                    .hasSize(Migrations.VERSION)
                    .contains("V" + Migrations.VERSION);
        }
    }

    @Test
    void the_version_stands_in_the_header_of_the_file() {
        try (var database = SqliteDatabase.open(file)) {
            assertThat(version(database)).isEqualTo(Migrations.VERSION);
        }
    }

    @Test
    void a_database_of_a_newer_version_is_refused_and_left_alone() throws Exception {
        SqliteDatabase.open(file).close();
        execute(file, "PRAGMA user_version = " + (Migrations.VERSION + 1));

        assertFails(ErrorCode.STORE_NEWER, () -> SqliteDatabase.open(file))
                .hasMessageContaining("version " + (Migrations.VERSION + 1))
                .hasMessageContaining(file.toString());

        execute(file, "PRAGMA user_version = " + Migrations.VERSION);
        SqliteDatabase.open(file).close();
    }

    @Test
    void a_database_without_the_version_in_its_header_is_not_migrated_again() throws Exception {
        try (var database = SqliteDatabase.open(file)) {
            insert(database, "one");
        }
        execute(file, "PRAGMA user_version = 0");

        try (var database = SqliteDatabase.open(file)) {
            assertThat(version(database)).isEqualTo(Migrations.VERSION);
            assertThat(ids(database)).containsExactly("one");
        }
    }

    @Test
    void a_database_of_another_program_is_refused_and_left_alone() throws Exception {
        execute(file, "CREATE TABLE recipes (name TEXT)");

        assertFails(ErrorCode.STORE_DAMAGED, () -> SqliteDatabase.open(file)).hasMessageContaining(file.toString());

        execute(file, "DROP TABLE recipes");
        SqliteDatabase.open(file).close();
    }

    @Test
    void the_next_start_completes_a_migration_that_crashed_at_any_point() throws Exception {
        var crashes = new CrashPoints();
        var points = 0;
        for (var died = true; died; points++) {
            var victim = Files.createDirectory(directory.resolve("c" + points)).resolve("sandboxer.db");
            crashes.crashAt(points + 1);
            died = dies(victim, crashes);
            crashes.reset();
            try (var database = SqliteDatabase.open(victim)) {
                insert(database, "one");
                assertThat(version(database)).isEqualTo(Migrations.VERSION);
            }
        }
        assertThat(points).isGreaterThan(1);
    }

    private static boolean dies(Path file, CrashPoints crashes) {
        try {
            TestDatabases.watched(file, crashes::pass).close();
            crashes.requireAlive();
            return false;
        } catch (CrashPoints.Crash e) {
            return true;
        }
    }

    @RepeatedTest(20)
    void several_processes_may_create_the_database_at_the_same_time() throws Exception {
        var starters = 4;
        var barrier = new CyclicBarrier(starters);
        Callable<Database> start = () -> {
            barrier.await();
            return SqliteDatabase.open(file);
        };
        try (var threads = Executors.newFixedThreadPool(starters)) {
            var stores = new ArrayList<Future<Database>>();
            for (int i = 0; i < starters; i++) {
                stores.add(threads.submit(start));
            }
            for (int i = 0; i < starters; i++) {
                try (var database = stores.get(i).get()) {
                    insert(database, "by" + i);
                }
            }
        }
        try (var database = SqliteDatabase.open(file)) {
            assertThat(ids(database)).containsExactly("by0", "by1", "by2", "by3");
        }
    }

    private static int version(Database database) {
        return database.read(handle ->
                handle.createQuery("PRAGMA user_version").mapTo(int.class).one());
    }
}
