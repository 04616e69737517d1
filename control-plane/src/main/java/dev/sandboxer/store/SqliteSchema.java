package dev.sandboxer.store;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** Migrates an SQLite database to the version of this program. */
record SqliteSchema(DataSource source, Path file) {
    private static final Map<String, String> PLACEHOLDERS =
            Map.of("strict", "STRICT", "int64", "INTEGER", "time", "INTEGER", "boolean", "INTEGER", "bytes", "BLOB");
    private static final String ALTERNATIVE = "another SANDBOXER_HOME";

    /** The journal mode in which readers don't wait for a writer. */
    private static final String WAL = "wal";

    /**
     * Migrates the database if necessary. The version is also in a header field of the file, so that an up-to-date database costs two reads
     * and doesn't load Flyway.
     *
     * @throws SandboxException {@code STORE_NEWER} if a newer sand-boxer has migrated the database, {@code STORE_DAMAGED} if it belongs to
     *     another program, {@code STORE_READ_ONLY} if no lock file can be created in its directory
     */
    void migrate(Jdbi jdbi) {
        if (isUpToDate(jdbi)) {
            return;
        }
        try {
            FileMutex.hold(file, () -> {
                if (!isUpToDate(jdbi)) {
                    change(jdbi);
                }
                return true;
            });
        } catch (IOException e) {
            throw new SandboxException(
                    ErrorCode.STORE_READ_ONLY,
                    "the database " + file + " can't be locked (" + e.getMessage() + "); make its directory writable",
                    e);
        }
    }

    private boolean isUpToDate(Jdbi jdbi) {
        int found = jdbi.withHandle(handle ->
                handle.createQuery("PRAGMA user_version").mapTo(int.class).one());
        if (found > Migrations.VERSION) {
            throw Migrations.newer(file.toString(), found, ALTERNATIVE);
        }
        return found == Migrations.VERSION && WAL.equals(journalMode(jdbi, ""));
    }

    /**
     * Sets the journal mode and runs the scripts. The mode is stored in the file, but a copy by {@code VACUUM INTO} lacks it. Must hold the
     * mutex: SQLite answers a concurrent change of the mode with {@code SQLITE_BUSY} at once, whatever the busy timeout.
     */
    private void change(Jdbi jdbi) {
        journalMode(jdbi, " = " + WAL);
        Migrations.run(source, PLACEHOLDERS, file.toString(), "use " + ALTERNATIVE);
        jdbi.useHandle(handle -> handle.execute("PRAGMA user_version = " + Migrations.VERSION));
    }

    private static String journalMode(Jdbi jdbi, String change) {
        return jdbi.withHandle(handle -> handle.createQuery("PRAGMA journal_mode" + change)
                .mapTo(String.class)
                .one());
    }
}
