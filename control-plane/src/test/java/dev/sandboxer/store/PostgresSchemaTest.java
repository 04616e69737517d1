package dev.sandboxer.store;

import static dev.sandboxer.store.RawDatabase.assertFails;
import static dev.sandboxer.store.RawDatabase.ids;
import static dev.sandboxer.store.RawDatabase.insert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.testing.Concurrently;
import dev.sandboxer.testing.CrashPoints;
import dev.sandboxer.testing.databases.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class PostgresSchemaTest {
    private final PostgresServer server = PostgresServer.get();
    private final String url = server.empty();
    private final String name = url.substring(url.lastIndexOf('/') + 1);

    @Test
    void a_database_of_a_newer_version_is_refused_and_left_alone() {
        TestDatabases.postgres(url).close();
        var newer = Migrations.VERSION + 1;
        server.execute(
                name,
                "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, installed_by,"
                        + " execution_time, success) VALUES (99, '" + newer + "', 'x', 'SQL', 'x', 'x', 0, true)");

        assertFails(ErrorCode.STORE_NEWER, () -> TestDatabases.postgres(url))
                .hasMessageContaining("version " + newer)
                .hasMessageContaining(name);

        server.execute(name, "DELETE FROM flyway_schema_history WHERE installed_rank = 99");
        TestDatabases.postgres(url).close();
    }

    @Test
    void an_older_database_is_migrated_and_keeps_its_rows() {
        Flyway.configure()
                .dataSource(server.source(name))
                .placeholders(PostgresSchema.PLACEHOLDERS)
                .loggers("slf4j")
                .target("1")
                .load()
                .migrate();
        server.execute(name, "INSERT INTO installation (id) VALUES ('one')");

        try (var database = TestDatabases.postgres(url)) {
            assertThat(ids(database)).containsExactly("one");
            assertThat(new SandboxStore(database).live()).isEmpty();
        }
    }

    @Test
    void a_database_of_another_program_is_refused_and_left_alone() {
        server.execute(name, "CREATE TABLE recipes (name TEXT)");

        assertFails(ErrorCode.STORE_DAMAGED, () -> TestDatabases.postgres(url))
                .hasMessageContaining("belongs to another program; use another database");

        server.execute(name, "DROP TABLE recipes");
        TestDatabases.postgres(url).close();
    }

    @RepeatedTest(3)
    void several_servers_may_create_the_database_at_the_same_time() throws Exception {
        var databases = Concurrently.run(4, i -> TestDatabases.postgres(url));
        for (Database database : databases) {
            insert(database, "by" + databases.indexOf(database));
            database.close();
        }
        try (var database = TestDatabases.postgres(url)) {
            assertThat(ids(database)).containsExactly("by0", "by1", "by2", "by3");
        }
    }

    @Test
    void an_up_to_date_database_costs_two_reads() {
        TestDatabases.postgres(url).close();
        var statements = new ArrayList<String>();

        TestDatabases.watched(url, commit -> {}, statements::add).close();

        assertThat(statements).hasSize(2).allMatch(sql -> sql.startsWith("SELECT "));
    }

    @Test
    void the_next_start_completes_a_migration_that_crashed_at_any_commit() {
        var crashes = new CrashPoints();
        var points = 0;
        for (var died = true; died; points++) {
            var victim = server.empty();
            crashes.crashAt(points + 1);
            died = dies(victim, crashes);
            crashes.reset();
            try (var database = TestDatabases.postgres(victim)) {
                insert(database, "one");
                assertThat(ids(database)).isEqualTo(List.of("one"));
            }
        }
        assertThat(points).isGreaterThan(1);
    }

    private static boolean dies(String url, CrashPoints crashes) {
        try {
            TestDatabases.watched(url, crashes::pass, sql -> {}).close();
            crashes.requireAlive();
            return false;
        } catch (CrashPoints.Crash e) {
            return true;
        }
    }
}
