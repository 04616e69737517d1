package dev.sandboxer.lifecycle.snapshots;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.launch.LaunchText;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxQuery;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.profiles.ProfileName;
import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Stores snapshots in the database. */
public final class SnapshotStore {
    private final Database database;

    public SnapshotStore(Database database) {
        this.database = database;
    }

    void insert(Handle handle, Snapshot snapshot) {
        handle.createUpdate("""
                INSERT INTO snapshots (id, consumer, name, sandbox, profile, extension, credential, disk_mib, created_at,
                    state, host, actor, launch)
                VALUES (:id, :consumer, :name, :sandbox, :profile, :extension, :credential, :disk, :created_at, :state,
                    :host, :actor, :launch)
                """)
                .bind("id", snapshot.id())
                .bind("consumer", snapshot.consumer())
                .bind("name", snapshot.name())
                .bind("sandbox", snapshot.sandbox().value())
                .bind("profile", snapshot.profile().value())
                .bind("extension", snapshot.extension().value())
                .bind(
                        "credential",
                        snapshot.credential() == null
                                ? null
                                : snapshot.credential().value())
                .bind("disk", snapshot.diskMiB())
                .bind("created_at", snapshot.createdAt().toEpochMilli())
                .bind("state", snapshot.state().name())
                .bind("host", snapshot.host())
                .bind("actor", snapshot.actor().text())
                .bind("launch", LaunchText.write(snapshot.launch()))
                .execute();
    }

    /** Marks a snapshot as ready, and returns it as it is now. */
    Snapshot ready(Handle handle, Snapshot snapshot, String template, int diskMiB) {
        handle.execute(
                "UPDATE snapshots SET state = 'READY', template = ?, disk_mib = ? WHERE id = ?",
                template,
                diskMiB,
                snapshot.id());
        return handle.createQuery("SELECT * FROM snapshots WHERE id = :id")
                .bind("id", snapshot.id())
                .map((row, context) -> map(row))
                .one();
    }

    /** Marks a snapshot as being deleted by a worker. */
    void deleting(Handle handle, String id, ProcessIdentity worker) {
        handle.execute("UPDATE snapshots SET state = 'DELETING', actor = ? WHERE id = ?", worker.text(), id);
    }

    /** Marks a snapshot as left at its backend, see {@link Snapshot.State#LEFT}. */
    void left(Handle handle, String id) {
        handle.execute("UPDATE snapshots SET state = 'LEFT' WHERE id = ?", id);
    }

    /** Marks all snapshots made with a credential as left: without the credential they can't be deleted. */
    public void leftBy(Handle handle, CredentialId credential) {
        handle.execute("UPDATE snapshots SET state = 'LEFT' WHERE credential = ?", credential.value());
    }

    /**
     * Returns the ids of the snapshots that were made with a credential and still exist.
     *
     * @param includeDeleting true to include those that are being deleted
     */
    public List<String> madeWith(Handle handle, CredentialId credential, boolean includeDeleting) {
        return handle.createQuery("SELECT id FROM snapshots WHERE credential = :id AND state <> 'LEFT'"
                        + (includeDeleting ? "" : " AND state <> 'DELETING'") + " ORDER BY id")
                .bind("id", credential.value())
                .mapTo(String.class)
                .list();
    }

    void remove(Handle handle, String id) {
        handle.execute("DELETE FROM snapshots WHERE id = ?", id);
    }

    Optional<Snapshot> find(String consumer, String idOrName) {
        return database.read(handle -> handle.createQuery("""
                SELECT * FROM snapshots WHERE consumer = :consumer AND state = 'READY' AND (id = :name OR name = :name)
                ORDER BY id = :name DESC, created_at DESC LIMIT 1
                """)
                .bind("consumer", consumer)
                .bind("name", idOrName)
                .map((row, context) -> map(row))
                .findOne());
    }

    List<Snapshot> list(
            String consumer,
            @Nullable String sandbox,
            @Nullable String name,
            SandboxQuery.@Nullable Cursor after,
            int limit) {
        var sql = "SELECT * FROM snapshots WHERE consumer = :consumer AND state = 'READY'"
                + " AND id NOT IN (SELECT snapshot FROM template_builds WHERE snapshot IS NOT NULL"
                + " UNION SELECT snapshot FROM template_layers)"
                + (sandbox == null ? "" : " AND sandbox = :sandbox")
                + (name == null ? "" : " AND name = :name")
                + (after == null ? "" : " AND (created_at < :at OR created_at = :at AND id > :id)")
                + " ORDER BY created_at DESC, id LIMIT :limit";
        return database.read(handle -> {
            var query = handle.createQuery(sql).bind("consumer", consumer).bind("limit", limit);
            if (sandbox != null) {
                query.bind("sandbox", sandbox);
            }
            if (name != null) {
                query.bind("name", name);
            }
            if (after != null) {
                query.bind("at", after.atMs()).bind("id", after.id());
            }
            return query.map((row, context) -> map(row)).list();
        });
    }

    /** Returns the snapshots that are being made or deleted. */
    List<Snapshot> unfinished() {
        return database.read(
                handle -> handle.createQuery("SELECT * FROM snapshots WHERE state NOT IN ('READY', 'LEFT')")
                        .map((row, context) -> map(row))
                        .list());
    }

    private static Snapshot map(ResultSet row) throws SQLException {
        var credential = row.getString("credential");
        return new Snapshot(
                row.getString("id"),
                row.getString("consumer"),
                row.getString("name"),
                new SandboxId(row.getString("sandbox")),
                new ProfileName(row.getString("profile")),
                new ExtensionId(row.getString("extension")),
                credential == null ? null : new CredentialId(credential),
                row.getString("template"),
                row.getInt("disk_mib"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Snapshot.State.valueOf(row.getString("state")),
                row.getString("host"),
                new ProcessIdentity(row.getString("actor")),
                LaunchText.read(row.getString("launch")));
    }
}
