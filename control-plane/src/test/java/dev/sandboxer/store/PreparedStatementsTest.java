package dev.sandboxer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.databases.SqliteFile;
import java.nio.file.Path;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statements that are used again behave like new ones. */
class PreparedStatementsTest {
    private static final String INSERT = "INSERT INTO things (number) VALUES (?)";
    private static final String BELOW = "SELECT number FROM things WHERE number < ? ORDER BY number";

    @TempDir(factory = MemoryDirectory.class)
    private Path home;

    private Database database;
    private Database elsewhere;

    @BeforeEach
    void open() {
        var file = SqliteFile.in(home);
        database = file.open();
        elsewhere = TestDatabases.withShortTimeout(file.file());
        database.write(handle -> {
            handle.execute("CREATE TABLE things (number INTEGER NOT NULL PRIMARY KEY)");
            for (int i = 0; i < 10; i++) {
                handle.execute(INSERT, i);
            }
        });
    }

    @AfterEach
    void close() {
        database.close();
        elsewhere.close();
    }

    private static int countBelow(Handle handle, int limit) {
        return handle.select(BELOW, limit).mapTo(Integer.class).list().size();
    }

    @Test
    void a_statement_can_run_again_while_its_rows_are_being_read() {
        var pairs = database.<Integer>read(handle ->
                handle.select(BELOW, 3).map((row, context) -> countBelow(handle, row.getInt("number"))).list().stream()
                        .mapToInt(it -> it)
                        .sum());

        assertThat(pairs).isEqualTo(0 + 1 + 2);
        assertThat(database.<Integer>read(handle -> countBelow(handle, 5))).isEqualTo(5);
    }

    @Test
    void more_statements_than_are_kept_may_be_used() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 250; i++) {
                var sql = "SELECT count(*) + " + i + " FROM things";
                assertThat(database.<Integer>read(handle ->
                                handle.select(sql).mapTo(Integer.class).one()))
                        .isEqualTo(10 + i);
            }
        }
    }

    @Test
    void a_change_of_the_schema_by_another_process_is_seen() {
        assertThat(database.<Integer>read(handle ->
                        handle.select("SELECT * FROM things").mapToMap().first().size()))
                .isEqualTo(1);

        elsewhere.write(handle -> handle.execute("ALTER TABLE things ADD COLUMN name TEXT"));

        assertThat(database.<Integer>read(handle ->
                        handle.select("SELECT * FROM things").mapToMap().first().size()))
                .isEqualTo(2);
    }

    @Test
    void a_statement_that_was_not_read_to_its_end_locks_nobody_out() {
        database.read(handle -> handle.select(BELOW, 9).mapTo(Integer.class).first());

        elsewhere.write(handle -> handle.execute(INSERT, 100));
        elsewhere.read(handle -> handle.execute("PRAGMA wal_checkpoint(TRUNCATE)"));

        assertThat(database.<Integer>read(handle -> countBelow(handle, 1000))).isEqualTo(11);
    }

    @Test
    void a_statement_that_has_failed_locks_nobody_out_and_may_be_used_again() {
        assertThatThrownBy(() -> database.write(handle -> handle.execute(INSERT, 5)))
                .isInstanceOf(RuntimeException.class);

        elsewhere.write(handle -> handle.execute(INSERT, 100));
        database.write(handle -> handle.execute(INSERT, 101));

        assertThat(database.<Integer>read(handle -> countBelow(handle, 1000))).isEqualTo(12);
    }
}
