package dev.sandboxer.store;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** Brings the database to the version this program speaks. */
record SqliteSchema(DataSource source, Path file) {
    private static final Map<String, String> PLACEHOLDERS =
            Map.of("strict", "STRICT", "int64", "INTEGER", "time", "INTEGER", "boolean", "INTEGER", "bytes", "BLOB");
    private static final String OTHER = "another SANDBOXER_HOME";

    /** Readers wait for no writer. */
    private static final String WAL = "wal";

    /**
     * The version is kept in SQLite's own header field too, so that an up-to-date database costs two reads and no Flyway.
     *
     * @throws SandboxException {@code STORE_NEWER} when a newer sand-boxer has been here, {@code STORE_DAMAGED} when the
     *     database belongs to another program, {@code STORE_READ_ONLY} when its directory takes no lock file
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
            throw Migrations.newer(file.toString(), found, OTHER);
        }
        return found == Migrations.VERSION && WAL.equals(journalMode(jdbi, ""));
    }

    /**
     * The file itself keeps its journal mode; a copy by {@code VACUUM INTO} has lost it. Whoever asks for a new one while
     * another does gets {@code SQLITE_BUSY} at once, whatever the busy timeout: SQLite can't let both wait.
     */
    private void change(Jdbi jdbi) {
        journalMode(jdbi, " = " + WAL);
        Migrations.run(source, PLACEHOLDERS, file.toString(), "use " + OTHER);
        jdbi.useHandle(handle -> handle.execute("PRAGMA user_version = " + Migrations.VERSION));
    }

    private static String journalMode(Jdbi jdbi, String change) {
        return jdbi.withHandle(handle -> handle.createQuery("PRAGMA journal_mode" + change)
                .mapTo(String.class)
                .one());
    }
}
