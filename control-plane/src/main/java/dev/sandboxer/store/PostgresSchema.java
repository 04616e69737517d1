package dev.sandboxer.store;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.Map;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Migrates a PostgreSQL database to the version of this program.
 *
 * @param source gives connections without time limits, since a migration may take long
 */
record PostgresSchema(DataSource source, String location) {
    static final Map<String, String> PLACEHOLDERS = Map.of(
            "strict",
            "",
            "int64",
            "BIGINT",
            "time",
            "TIMESTAMP WITH TIME ZONE",
            "boolean",
            "BOOLEAN",
            "bytes",
            "BYTEA");
    private static final String ALTERNATIVE = "another database";

    /** Id of an advisory lock; a number that other programs are unlikely to use. */
    private static final long MIGRATION_LOCK = 0x73616e64626f7801L;

    /**
     * Migrates the database if necessary. An up-to-date database costs two reads. If several servers start at the same time, one migrates
     * and the others wait for it.
     *
     * @throws SandboxException {@code STORE_NEWER} if a newer sand-boxer has migrated the database, {@code STORE_DAMAGED} if it belongs to
     *     another program, {@code STORE_ACCESS_DENIED} if our user may not create tables
     */
    void migrate(Jdbi jdbi) {
        if (jdbi.withHandle(this::isUpToDate)) {
            return;
        }
        Jdbi.create(source).useHandle(handle -> {
            handle.execute("SELECT pg_advisory_lock(?)", MIGRATION_LOCK); // released when the connection closes
            if (!isUpToDate(handle)) {
                requireRights(handle);
                Migrations.run(source, PLACEHOLDERS, location, "use " + ALTERNATIVE);
            }
        });
    }

    /** Checks the privilege first, since Flyway would retry for ten seconds before it fails. */
    private void requireRights(Handle handle) {
        var may = handle.createQuery("SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)")
                .mapTo(boolean.class)
                .one();
        if (!may) {
            throw new SandboxException(
                    ErrorCode.STORE_ACCESS_DENIED,
                    "the database " + location
                            + " does not let its user create tables; make the user its owner, or GRANT CREATE ON SCHEMA"
                            + " public to the user");
        }
    }

    private boolean isUpToDate(Handle handle) {
        var found = version(handle);
        if (found > Migrations.VERSION) {
            throw Migrations.newer(location, found, ALTERNATIVE);
        }
        return found == Migrations.VERSION;
    }

    /** Returns the version in Flyway's history; 0 if there is no history. */
    private static int version(Handle handle) {
        var known = handle.createQuery("SELECT to_regclass('flyway_schema_history') IS NOT NULL")
                .mapTo(boolean.class)
                .one();
        return !known
                ? 0
                : handle.createQuery("SELECT coalesce(max(version::int), 0) FROM flyway_schema_history"
                                + " WHERE success AND version ~ '^[0-9]{1,9}$'")
                        .mapTo(int.class)
                        .one();
    }
}
