package dev.sandboxer.store;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;

/** The scripts in {@code db/migration}: one set for all databases, with placeholders for what differs. */
final class Migrations {
    /** Number of the newest script; a test compares. */
    static final int VERSION = 12;

    private Migrations() {}

    /**
     * Runs the scripts that a database has not seen yet.
     *
     * @param location where it is, for messages
     * @param other what to do when it belongs to another program
     * @throws SandboxException {@code STORE_DAMAGED} when the database belongs to another program
     */
    static void run(DataSource source, Map<String, String> placeholders, String location, String other) {
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
                        "the database " + location + " belongs to another program; " + other,
                        e);
            }
            throw e;
        }
    }

    /** @return the failure that a newer sand-boxer has been here */
    static SandboxException newer(String location, int found, String other) {
        return new SandboxException(
                ErrorCode.STORE_NEWER,
                "the database " + location + " has version " + found + ", this sand-boxer knows " + VERSION
                        + "; use the newer sand-boxer, or " + other);
    }
}
