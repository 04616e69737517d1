package dev.sandboxer.credentials;

import dev.sandboxer.credentials.StoredCredential.Refusal;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/** Reads and writes credentials and their refusals, in the tables {@code credentials} and {@code credential_refusals}. */
final class CredentialStore {
    private static final String SELECT = "SELECT c.*, r.refused_at, r.message FROM credentials c"
            + " LEFT JOIN credential_refusals r ON r.credential = c.id AND r.fingerprint = c.fingerprint";

    private final Database database;
    private final CredentialUsers users;

    CredentialStore(Database database, CredentialUsers users) {
        this.database = database;
        this.users = users;
    }

    /** A credential with its sealed fields. */
    record Row(StoredCredential credential, String sealed, String fingerprint) {}

    /** Returns false if its name or its key is already stored. */
    boolean insert(StoredCredential credential, String sealed, String fingerprint) {
        return database.transaction(handle -> handle.execute(
                        "INSERT INTO credentials (id, owner, extension, name, sealed, fingerprint, platform_fallback,"
                                + " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                        credential.id().value(),
                        credential.owner().toRow(),
                        credential.extension().value(),
                        credential.name(),
                        sealed,
                        fingerprint,
                        credential.platformFallback() ? 1 : 0,
                        credential.createdAt().toEpochMilli())
                == 1);
    }

    Optional<Row> find(CredentialId id) {
        return database.read(handle -> handle.createQuery(SELECT + " WHERE c.id = :id")
                .bind("id", id.value())
                .map((row, context) -> map(row))
                .findOne());
    }

    /**
     * Locks the row until the transaction ends, so that a use and the removal of one credential wait for each other.
     *
     * @return false if there is no such row
     */
    boolean lock(Handle handle, CredentialId id) {
        return handle.execute("UPDATE credentials SET created_at = created_at WHERE id = ?", id.value()) == 1;
    }

    /** Returns all rows by owner and extension, newest first. */
    List<Row> list() {
        return database.read(CredentialStore::list);
    }

    private static List<Row> list(Handle handle) {
        return handle.createQuery(SELECT + " ORDER BY c.owner, c.extension, c.created_at DESC, c.id")
                .map((row, context) -> map(row))
                .list();
    }

    /** Returns an owner's credentials and the platform's, newest first. */
    List<StoredCredential> usableBy(Owner owner) {
        return database.read(handle -> handle.createQuery(
                        SELECT + " WHERE c.owner IN (:owner, :platform) ORDER BY c.created_at DESC, c.id")
                .bind("owner", owner.toRow())
                .bind("platform", Owner.PLATFORM.toRow())
                .map((row, context) -> map(row).credential())
                .list());
    }

    /** Returns the credential with that key, of any owner. */
    Optional<StoredCredential> withKey(ExtensionId extension, String fingerprint) {
        return database.read(handle -> handle.createQuery(
                        SELECT + " WHERE c.extension = :extension AND c.fingerprint = :fingerprint")
                .bind("extension", extension.value())
                .bind("fingerprint", fingerprint)
                .map((row, context) -> map(row).credential())
                .findOne());
    }

    /** Returns the new sealed text of a row. */
    interface Resealing {
        String reseal(Row row);
    }

    /** Reseals all rows, or none if one fails, and runs {@code alongside} in the same transaction. Returns their number. */
    int resealAll(Resealing resealing, Consumer<Handle> alongside) {
        return database.transaction(handle -> {
            var rows = list(handle);
            for (Row row : rows) {
                handle.execute(
                        "UPDATE credentials SET sealed = ? WHERE id = ?",
                        resealing.reseal(row),
                        row.credential().id().value());
            }
            alongside.accept(handle);
            return rows.size();
        });
    }

    /**
     * Removes a credential unless something made with it still exists.
     *
     * @param lost true if the credential can't be decrypted any more
     * @return what still exists; empty if the credential was removed
     */
    List<String> removeUnlessUsed(CredentialId id, boolean lost) {
        return database.transaction(handle -> {
            lock(handle, id);
            var left = users.release(handle, id, lost);
            if (left.isEmpty()) {
                handle.execute("DELETE FROM credentials WHERE id = ?", id.value());
                handle.execute("DELETE FROM credential_refusals WHERE credential = ?", id.value());
            }
            return left;
        });
    }

    void refused(CredentialId id, String fingerprint, Instant at, String message) {
        database.write(handle -> handle.execute(
                "INSERT INTO credential_refusals (credential, fingerprint, refused_at, message) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (credential) DO UPDATE SET fingerprint = excluded.fingerprint,"
                        + " refused_at = excluded.refused_at, message = excluded.message",
                id.value(),
                fingerprint,
                at.toEpochMilli(),
                message));
    }

    void accepted(CredentialId id) {
        database.write(handle -> handle.execute("DELETE FROM credential_refusals WHERE credential = ?", id.value()));
    }

    /** Returns the refusal of any credential, including those in the environment, which have no row in {@code credentials}. */
    Optional<Refusal> refusal(CredentialId id, String fingerprint) {
        return database.read(handle -> handle.createQuery(
                        "SELECT * FROM credential_refusals WHERE credential = :id AND fingerprint = :fingerprint")
                .bind("id", id.value())
                .bind("fingerprint", fingerprint)
                .map((row, context) -> refusal(row).orElseThrow())
                .findOne());
    }

    private static Row map(ResultSet row) throws SQLException {
        return new Row(
                new StoredCredential(
                        new CredentialId(row.getString("id")),
                        Owner.ofRow(row.getString("owner")),
                        new ExtensionId(row.getString("extension")),
                        row.getString("name"),
                        row.getInt("platform_fallback") != 0,
                        Instant.ofEpochMilli(row.getLong("created_at")),
                        refusal(row).orElse(null)),
                row.getString("sealed"),
                row.getString("fingerprint"));
    }

    private static Optional<Refusal> refusal(ResultSet row) throws SQLException {
        var at = row.getLong("refused_at");
        return row.wasNull()
                ? Optional.empty()
                : Optional.of(new Refusal(Instant.ofEpochMilli(at), row.getString("message")));
    }
}
