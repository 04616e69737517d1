package dev.sandboxer.payments.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.store.Database;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** Recomputes all balances from the entries, and compares them with the sums in other rows. Uses no code of the ledger. */
public record LedgerAudit(
        List<Row> accounts,
        List<Row> grants,
        List<Row> holds,
        List<Row> parts,
        List<Row> transactions,
        List<Row> entries,
        List<Row> spent) {
    /** One row, by column. */
    public record Row(Map<String, Object> columns) {
        public long number(String column) {
            return ((Number) Objects.requireNonNull(columns.get(column), column)).longValue();
        }

        public String text(String column) {
            return Objects.toString(columns.get(column), "");
        }
    }

    /** Reads all rows. Nothing may write meanwhile. */
    public static LedgerAudit of(Database database) {
        return database.transaction(handle -> {
            Function<String, List<Row>> all = order -> handle.createQuery("SELECT * FROM " + order)
                    .mapToMap()
                    .map(Row::new)
                    .list();
            return new LedgerAudit(
                    all.apply("credit_accounts ORDER BY consumer"),
                    all.apply("grants ORDER BY id"),
                    all.apply("holds ORDER BY sandbox"),
                    all.apply("hold_parts ORDER BY sandbox, source"),
                    all.apply("ledger_transactions ORDER BY id"),
                    all.apply("ledger_entries ORDER BY transaction_id, leg"),
                    all.apply("spent ORDER BY consumer, day"));
        });
    }

    /** Returns the captured nano-units by consumer and UTC day. */
    public Map<String, Long> spentByDay() {
        var sums = new TreeMap<String, Long>();
        spent.forEach(row -> sums.put(row.text("consumer") + " " + row.number("day"), row.number("nanos")));
        sums.values().removeIf(sum -> sum == 0);
        return sums;
    }

    /** Fails if a sum differs from its entries. */
    public void check() {
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.number("nanos")).isPositive();
            assertThat(entry.text("debit")).isNotEqualTo(entry.text("credit"));
        });
        checkTransactions();
        checkHolds();
        accounts.forEach(this::check);
        assertThat(consumers(transactions)).as("all have accounts").isSubsetOf(consumers(accounts));
    }

    private static List<String> consumers(List<Row> rows) {
        return rows.stream().map(row -> row.text("consumer")).distinct().toList();
    }

    private void check(Row account) {
        var consumer = account.text("consumer");
        var ids = of(transactions, consumer).stream().map(row -> row.text("id")).collect(Collectors.toSet());
        var sums = new TreeMap<String, Long>();
        for (Row entry : entries) {
            if (ids.contains(entry.text("transaction_id"))) {
                sums.merge(entry.text("debit"), -entry.number("nanos"), Math::addExact);
                sums.merge(entry.text("credit"), entry.number("nanos"), Math::addExact);
            }
        }
        var expected = new TreeMap<String, Long>();
        expected.put("issued", -account.number("granted"));
        expected.put("credit", -account.number("overdraft"));
        for (String name : List.of("held", "consumed", "expired")) {
            expected.put(name, account.number(name));
        }
        of(grants, consumer).forEach(grant -> expected.put("grant:" + grant.text("id"), grant.number("remaining")));
        expected.values().removeIf(sum -> sum == 0);
        sums.values().removeIf(sum -> sum == 0);
        assertThat(sums).as("entries of %s in all", consumer).isEqualTo(expected);
        assertThat(sums.values().stream().mapToLong(it -> it).sum()).isZero();
        checkSigns(account);
        assertThat(sum(of(holds, consumer), row -> row.number("remaining")))
                .as("held for sandboxes of %s", consumer)
                .isEqualTo(account.number("held"));
        assertThat(sum(of(spent, consumer), row -> row.number("nanos")))
                .as("spent by %s", consumer)
                .isEqualTo(sum(ofKind(of(transactions, consumer), "CAPTURE"), row -> row.number("nanos")));
    }

    private void checkSigns(Row account) {
        var consumer = account.text("consumer");
        var open = sum(of(grants, consumer), row -> row.number("remaining"));
        for (String name : List.of("granted", "overdraft", "held", "consumed", "expired")) {
            assertThat(account.number(name)).as("%s of %s", name, consumer).isNotNegative();
        }
        assertThat(of(grants, consumer))
                .allSatisfy(grant -> assertThat(grant.number("remaining")).isBetween(0L, grant.number("amount")));
        if (account.number("overdraft") > 0) {
            assertThat(open).as("grants of %s, which owes us", consumer).isZero();
        }
        assertThat(heldOnCredit(consumer)).isLessThanOrEqualTo(account.number("overdraft"));
    }

    private long heldOnCredit(String consumer) {
        var sandboxes =
                of(holds, consumer).stream().map(row -> row.text("sandbox")).collect(Collectors.toSet());
        return parts.stream()
                .filter(part -> part.text("source").isEmpty() && sandboxes.contains(part.text("sandbox")))
                .mapToLong(part -> part.number("remaining"))
                .sum();
    }

    private void checkTransactions() {
        var moved = entries.stream()
                .collect(Collectors.groupingBy(
                        entry -> entry.text("transaction_id"), Collectors.groupingBy(entry -> entry.text("credit"))));
        for (Row capture : ofKind(transactions, "CAPTURE")) {
            var consumed = moved.getOrDefault(capture.text("id"), Map.of()).getOrDefault("consumed", List.of());
            assertThat(sum(consumed, entry -> entry.number("nanos")))
                    .as("moved by %s", capture)
                    .isEqualTo(capture.number("nanos"));
        }
    }

    private void checkHolds() {
        for (Row hold : holds) {
            var sandbox = hold.text("sandbox");
            var inParts = parts.stream()
                    .filter(part -> part.text("sandbox").equals(sandbox))
                    .toList();
            assertThat(inParts)
                    .allSatisfy(part -> assertThat(part.number("remaining")).isNotNegative());
            assertThat(sum(inParts, part -> part.number("remaining")))
                    .as("parts of %s", hold)
                    .isEqualTo(hold.number("remaining"));
            if (hold.columns().get("closed_at") != null) {
                assertThat(hold.number("remaining")).as("closed: %s", hold).isZero();
            }
            var ofSandbox = ofKind(of(transactions, hold.text("consumer")), "CAPTURE").stream()
                    .filter(row -> row.text("sandbox").equals(sandbox))
                    .toList();
            assertThat(hold.number("captured"))
                    .as("captured for %s", hold)
                    .isLessThanOrEqualTo(sum(ofSandbox, row -> row.number("nanos")));
        }
    }

    private static List<Row> of(List<Row> rows, String consumer) {
        return rows.stream()
                .filter(row -> row.text("consumer").equals(consumer))
                .toList();
    }

    private static List<Row> ofKind(List<Row> rows, String kind) {
        return rows.stream().filter(row -> row.text("kind").equals(kind)).toList();
    }

    private static long sum(List<Row> rows, ToLongFunction<Row> value) {
        return rows.stream().mapToLong(value).reduce(0, Math::addExact);
    }
}
