package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.CreditAccount.GrantBalance;
import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** Conversions between columns and values that all stores of the ledger share. */
final class LedgerRow {
    private LedgerRow() {}

    /**
     * Returns the ORDER BY of the table {@code grants}, with the alias {@code g}, that puts grants in the order in which they are used.
     * Grants that expire come before those that never do.
     */
    static String orderOfUse(Database database) {
        return "g.priority, coalesce(g.expires_at, 9223372036854775807), g.created_at, " + database.byBytes("g.id");
    }

    /** Returns the grant in the columns {@code id}, {@code remaining} and {@code expires_at}; null if the row has none. */
    static @Nullable GrantBalance grantBalance(ResultSet row) throws SQLException {
        var grant = row.getString("id");
        return grant == null ? null : new GrantBalance(grant, row.getLong("remaining"), instant(row, "expires_at"));
    }

    static Money money(ResultSet row, String column) throws SQLException {
        return new Money(row.getLong(column));
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : instant.toEpochMilli();
    }

    /** Executes a batch, which may be empty. */
    static void execute(PreparedBatch batch) {
        if (batch.size() > 0) {
            batch.execute();
        }
    }
}
