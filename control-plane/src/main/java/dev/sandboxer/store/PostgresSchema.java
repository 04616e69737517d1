package dev.sandboxer.store;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.Map;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Brings a PostgreSQL database to the version this program speaks.
 *
 * @param source connections without time limits: a migration may take long
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
    private static final String OTHER = "another database";

    /** Any number will do that other programs are unlikely to lock. */
    private static final long MIGRATION_LOCK = 0x73616e64626f7801L;

    /**
     * Costs two reads when there is nothing to do. Of several that start at once one migrates, and the others wait for it.
     *
     * @throws SandboxException {@code STORE_NEWER} when a newer sand-boxer has been here, {@code STORE_DAMAGED} when the
     *     database belongs to another program, {@code STORE_ACCESS_DENIED} when our user may not create tables
     */
    void migrate(Jdbi jdbi) {
        if (jdbi.withHandle(this::isUpToDate)) {
            return;
        }
        Jdbi.create(source).useHandle(handle -> {
            handle.execute("SELECT pg_advisory_lock(?)", MIGRATION_LOCK); // released with the connection
            if (!isUpToDate(handle)) {
                requireRights(handle);
                Migrations.run(source, PLACEHOLDERS, location, "use " + OTHER);
            }
        });
    }

    /** Flyway would try for ten seconds before it says so. */
    private void requireRights(Handle handle) {
        var may = handle.createQuery("SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)")
                .mapTo(boolean.class)
                .one();
        if (!may) {
            throw new SandboxException(
                    ErrorCode.STORE_ACCESS_DENIED,
                    "our user may not create tables in the database " + location
                            + "; make it the owner of the database, or" + " GRANT CREATE ON SCHEMA public to it");
        }
    }

    private boolean isUpToDate(Handle handle) {
        var found = version(handle);
        if (found > Migrations.VERSION) {
            throw Migrations.newer(location, found, OTHER);
        }
        return found == Migrations.VERSION;
    }

    /** Flyway's own record of what has run; 0 when there is none. */
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
