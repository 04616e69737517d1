package dev.sandboxer.store;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.nio.file.Path;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Jdbi;

/** Brings the database to the version this program speaks. */
record Schema(DataSource source, Path file) {
    /** Number of the newest script in {@code db/migration}; a test compares. */
    static final int VERSION = 3;

    /**
     * The version is kept in SQLite's own header field too, so that an up-to-date database costs one read and no Flyway.
     *
     * @throws SandboxException {@code STORE_NEWER} when a newer sand-boxer has been here, {@code STORE_DAMAGED} when the
     *     database belongs to another program
     */
    void bring(Jdbi jdbi) {
        int found = jdbi.withHandle(handle ->
                handle.createQuery("PRAGMA user_version").mapTo(int.class).one());
        if (found == VERSION) {
            return;
        }
        if (found > VERSION) {
            throw new SandboxException(
                    ErrorCode.STORE_NEWER,
                    "the database " + file + " has version " + found + ", this sand-boxer knows " + VERSION
                            + "; use the newer sand-boxer, or another SANDBOXER_HOME");
        }
        migrate();
        jdbi.useHandle(handle -> handle.execute("PRAGMA user_version = " + VERSION));
    }

    private void migrate() {
        try {
            Flyway.configure()
                    .dataSource(source)
                    .locations("classpath:db/migration")
                    .placeholders(Map.of("strict", "STRICT", "int64", "INTEGER"))
                    .loggers("slf4j")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            if (e.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE) {
                throw new SandboxException(
                        ErrorCode.STORE_DAMAGED,
                        "the database " + file + " belongs to another program; use another SANDBOXER_HOME",
                        e);
            }
            throw e;
        }
    }
}
