package dev.sandboxer.payments.metering;

import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.ChargeLine;
import dev.sandboxer.payments.bill.ChargeLine.Cost;
import dev.sandboxer.payments.bill.ChargeLine.Subject;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** Lines of the bill as rows. */
final class ChargeStore {
    private static final int FETCHED_AT_ONCE = 1000;

    private final Database database;

    ChargeStore(Database database) {
        this.database = database;
    }

    void insert(Handle handle, List<HourLine> lines) {
        var batch = handle.prepareBatch("""
                INSERT INTO charges (sandbox, hour, meter, consumer, started_at, ended_at, metered_ms, billed_nanos, prepaid_nanos)
                VALUES (:sandbox, :hour, :meter, :consumer, :started_at, :ended_at, :metered_ms, :billed, :prepaid)
                """);
        for (HourLine one : lines) {
            var line = one.line();
            batch.bind("sandbox", line.subject().sandbox())
                    .bind("hour", one.hour().toEpochMilli())
                    .bind("meter", line.meter().text())
                    .bind("consumer", line.subject().consumer())
                    .bind("started_at", line.start().toEpochMilli())
                    .bind("ended_at", line.end().toEpochMilli())
                    .bind("metered_ms", one.meteredMs())
                    .bind("billed", nanos(line.cost().billed()))
                    .bind("prepaid", nanos(line.cost().prepaid()))
                    .add();
        }
        if (batch.size() > 0) {
            batch.execute();
        }
    }

    private static @Nullable Long nanos(@Nullable Money money) {
        return money == null ? null : (Long) money.nanos();
    }

    /**
     * A line with what its row needs.
     *
     * @param hour the UTC hour's beginning
     */
    record HourLine(Instant hour, long meteredMs, ChargeLine line) {}

    /** Tells each line, by sandbox and then by hour; holds few of them in memory. */
    void forEach(ChargeQuery query, Consumer<ChargeLine> reader) {
        var sql = new StringBuilder("""
                SELECT m.*, c.hour, c.meter, c.started_at, c.ended_at, c.metered_ms AS line_ms, c.billed_nanos, c.prepaid_nanos
                FROM charges c JOIN meters m ON m.sandbox = c.sandbox WHERE c.hour >= :from AND c.hour < :to
                """);
        var bindings = new HashMap<String, Object>();
        bindings.put("from", query.from().toEpochMilli());
        bindings.put("to", query.to().toEpochMilli());
        if (query.consumer() instanceof String consumer) {
            sql.append(" AND c.consumer = :consumer");
            bindings.put("consumer", consumer);
        }
        if (query.sandbox() instanceof String sandbox) {
            sql.append(" AND c.sandbox = :sandbox");
            bindings.put("sandbox", sandbox);
        }
        sql.append(" ORDER BY ").append(database.byBytes("c.sandbox")).append(", c.hour, c.meter");
        database.transaction(
                handle -> { // PostgreSQL's driver fetches by parts only within one
                    handle.createQuery(sql.toString())
                            .setFetchSize(FETCHED_AT_ONCE)
                            .bindMap(bindings)
                            .map(new LineMapper())
                            .forEach(reader);
                    return true;
                });
    }

    /** Lines of one sandbox, which follow one another, share what is known of it. Used by one thread. */
    private static final class LineMapper implements RowMapper<ChargeLine> {
        private @Nullable Subject subject;

        @Override
        public ChargeLine map(ResultSet row, StatementContext context) throws SQLException {
            var billed = row.getLong("billed_nanos");
            var cost =
                    row.wasNull() ? Cost.UNKNOWN : new Cost(new Money(billed), new Money(row.getLong("prepaid_nanos")));
            return HourOfUse.line(
                    subject(row),
                    Meter.of(row.getString("meter")),
                    Instant.ofEpochMilli(row.getLong("hour")),
                    Instant.ofEpochMilli(row.getLong("started_at")),
                    Instant.ofEpochMilli(row.getLong("ended_at")),
                    row.getLong("line_ms"),
                    cost);
        }

        private Subject subject(ResultSet row) throws SQLException {
            var known = subject;
            if (known == null || !known.sandbox().equals(row.getString("sandbox"))) {
                known = MeterStore.map(row).subject();
                subject = known;
            }
            return known;
        }
    }
}
