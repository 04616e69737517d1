package dev.sandboxer.payments.ledger;

import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Reads and writes grants, in the table {@code grants}. */
final class GrantStore {
    private final Database database;

    GrantStore(Database database) {
        this.database = database;
    }

    /** Returns false if there is a grant with this id already. */
    boolean insert(Handle handle, Grant grant) {
        return handle.createUpdate("""
                        INSERT INTO grants (id, consumer, kind, amount, remaining, priority, created_at, expires_at, note)
                        VALUES (:id, :consumer, :kind, :amount, :remaining, :priority, :created_at, :expires_at, :note)
                        ON CONFLICT DO NOTHING
                        """)
                        .bind("id", grant.id())
                        .bind("consumer", grant.consumer())
                        .bind("kind", grant.kind().name())
                        .bind("amount", grant.amount().nanos())
                        .bind("remaining", grant.remaining().nanos())
                        .bind("priority", grant.priority())
                        .bind("created_at", grant.createdAt().toEpochMilli())
                        .bind("expires_at", LedgerRow.millis(grant.expiresAt()))
                        .bind("note", grant.note())
                        .execute()
                == 1;
    }

    /** Returns all grants of a consumer in the order in which they are used, including used and expired ones. */
    List<Grant> all(String consumer) {
        return database.read(
                handle -> handle.createQuery("SELECT g.* FROM grants g WHERE g.consumer = :consumer ORDER BY "
                                + LedgerRow.orderOfUse(database))
                        .bind("consumer", consumer)
                        .map((row, context) -> grant(row))
                        .list());
    }

    Optional<Grant> find(Handle handle, String id) {
        return handle.createQuery("SELECT * FROM grants WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> grant(row))
                .findOne();
    }

    /** Returns the consumers that have expired grants with a balance. */
    List<String> consumersWithExpiredGrants(Instant now) {
        return database.read(handle -> handle.createQuery(
                        "SELECT DISTINCT consumer FROM grants WHERE remaining > 0 AND expires_at <= :now ORDER BY consumer")
                .bind("now", now.toEpochMilli())
                .mapTo(String.class)
                .list());
    }

    private static Grant grant(ResultSet row) throws SQLException {
        return new Grant(
                row.getString("id"),
                row.getString("consumer"),
                Grant.Kind.valueOf(row.getString("kind")),
                LedgerRow.money(row, "amount"),
                LedgerRow.money(row, "remaining"),
                row.getInt("priority"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                LedgerRow.instant(row, "expires_at"),
                row.getString("note"));
    }
}
