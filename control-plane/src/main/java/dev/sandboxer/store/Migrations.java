package dev.sandboxer.store;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;

/** Runs the scripts in {@code db/migration}. SQLite and PostgreSQL share them; placeholders stand for what differs. */
final class Migrations {
    /** Number of the newest script. A test compares it with the scripts. */
    static final int VERSION = 19;

    private Migrations() {}

    /**
     * Runs the scripts that have not run on a database yet.
     *
     * @param location of the database, for messages
     * @param advice what the user should do if the database belongs to another program
     * @throws SandboxException {@code STORE_DAMAGED} if the database belongs to another program
     */
    static void run(DataSource source, Map<String, String> placeholders, String location, String advice) {
        try {
            Flyway.configure()
                    .dataSource(source)
                    .locations("classpath:db/migration")
                    .placeholders(placeholders)
                    .loggers("slf4j")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            if (e.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE) {
                throw new SandboxException(
                        ErrorCode.STORE_DAMAGED,
                        "the database " + location + " belongs to another program; " + advice,
                        e);
            }
            throw e;
        }
    }

    /**
     * Returns the failure of a database that a newer sand-boxer has migrated.
     *
     * @param alternative to use instead of this database, for the message
     */
    static SandboxException newer(String location, int found, String alternative) {
        return new SandboxException(
                ErrorCode.STORE_NEWER,
                "the database " + location + " has version " + found + ", but this sand-boxer knows only " + VERSION
                        + "; use the newer sand-boxer, or " + alternative);
    }
}
