package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.ledger.LedgerTransaction.Entry;
import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Reads and writes transactions and their entries, in the tables {@code ledger_transactions} and {@code ledger_entries}. */
final class TransactionStore {
    private final Database database;

    TransactionStore(Database database) {
        this.database = database;
    }

    /** Inserts those transactions whose ids are new. Returns for each whether it was inserted. */
    boolean[] insert(Handle handle, List<LedgerTransaction> transactions) {
        var batch = handle.prepareBatch("""
                INSERT INTO ledger_transactions (id, consumer, kind, sandbox, nanos, at, note)
                VALUES (:id, :consumer, :kind, :sandbox, :nanos, :at, :note) ON CONFLICT DO NOTHING
                """);
        for (LedgerTransaction transaction : transactions) {
            batch.bind("id", transaction.id())
                    .bind("consumer", transaction.consumer())
                    .bind("kind", transaction.kind().name())
                    .bind("sandbox", transaction.sandbox())
                    .bind("nanos", transaction.amount().nanos())
                    .bind("at", transaction.at().toEpochMilli())
                    .bind("note", transaction.note())
                    .add();
        }
        var counts = batch.execute();
        var inserted = new boolean[counts.length];
        for (int i = 0; i < counts.length; i++) {
            inserted[i] = counts[i] == 1;
        }
        return inserted;
    }

    /** Inserts the entries of transactions, by transaction id. */
    void insertEntries(Handle handle, Map<String, List<Entry>> byTransaction) {
        var batch = handle.prepareBatch("""
                INSERT INTO ledger_entries (transaction_id, leg, debit, credit, nanos)
                VALUES (:transaction, :leg, :debit, :credit, :nanos)
                """);
        byTransaction.forEach((id, entries) -> {
            for (int leg = 0; leg < entries.size(); leg++) {
                var entry = entries.get(leg);
                batch.bind("transaction", id)
                        .bind("leg", leg)
                        .bind("debit", entry.debit())
                        .bind("credit", entry.credit())
                        .bind("nanos", entry.amount().nanos())
                        .add();
            }
        });
        LedgerRow.execute(batch);
    }

    /** Returns a transaction without its entries. */
    Optional<LedgerTransaction> find(Handle handle, String id) {
        return handle.createQuery("SELECT * FROM ledger_transactions WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> transaction(row, List.of()))
                .findOne();
    }

    /** Returns up to {@code most} transactions of a consumer with their entries, newest first. */
    List<LedgerTransaction> newest(String consumer, int most) {
        return database.read(handle -> {
            var transactions = new LinkedHashMap<String, LedgerTransaction>();
            var entries = new HashMap<String, List<Entry>>();
            handle.createQuery("""
                            SELECT t.*, e.debit, e.credit, e.nanos AS moved
                            FROM (SELECT * FROM ledger_transactions WHERE consumer = :consumer
                                  ORDER BY at DESC, <id> DESC LIMIT :most) t
                                LEFT JOIN ledger_entries e ON e.transaction_id = t.id
                            ORDER BY t.at DESC, <id> DESC, e.leg
                            """)
                    .bind("consumer", consumer)
                    .bind("most", most)
                    .define("id", database.byBytes("id"))
                    .map((row, context) -> {
                        var id = row.getString("id");
                        if (row.getString("debit") != null) {
                            entries.computeIfAbsent(id, it -> new ArrayList<>())
                                    .add(new Entry(
                                            row.getString("debit"),
                                            row.getString("credit"),
                                            LedgerRow.money(row, "moved")));
                        }
                        return transactions.put(id, transaction(row, entries.getOrDefault(id, List.of())));
                    })
                    .list();
            return List.copyOf(transactions.values());
        });
    }

    /** @param entries the entries of the transaction that have been read so far */
    private static LedgerTransaction transaction(ResultSet row, List<Entry> entries) throws SQLException {
        return new LedgerTransaction(
                row.getString("id"),
                row.getString("consumer"),
                LedgerTransaction.Kind.valueOf(row.getString("kind")),
                row.getString("sandbox"),
                LedgerRow.money(row, "nanos"),
                Instant.ofEpochMilli(row.getLong("at")),
                row.getString("note"),
                entries);
    }
}
