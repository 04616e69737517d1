package dev.sandboxer.payments.metering;

import dev.sandboxer.extension.feature.NetworkBytes;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.ChargeLine;
import dev.sandboxer.payments.bill.ChargeLine.Cost;
import dev.sandboxer.payments.bill.ChargeLine.Subject;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.MeteredUsage;
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

/** Reads and writes the lines of the bill, in the table {@code charges}. */
final class ChargeStore {
    private static final int FETCH_SIZE = 1000;

    private final Database database;

    ChargeStore(Database database) {
        this.database = database;
    }

    void insert(Handle handle, List<HourLine> lines) {
        var batch = handle.prepareBatch("""
                INSERT INTO charges (sandbox, hour, meter, consumer, started_at, ended_at, metered_ms, bytes,
                    billed_nanos, prepaid_nanos)
                VALUES (:sandbox, :hour, :meter, :consumer, :started_at, :ended_at, :metered_ms, :bytes, :billed, :prepaid)
                """);
        for (HourLine one : lines) {
            var line = one.line();
            batch.bind("sandbox", line.subject().sandbox())
                    .bind("hour", one.hour().toEpochMilli())
                    .bind("meter", line.meter().text())
                    .bind("consumer", line.subject().consumer())
                    .bind("started_at", line.start().toEpochMilli())
                    .bind("ended_at", line.end().toEpochMilli())
                    .bind("metered_ms", one.use().millis())
                    .bind("bytes", bytes(line.meter(), one.use().network()))
                    .bind("billed", nanos(line.cost().billed()))
                    .bind("prepaid", nanos(line.cost().prepaid()))
                    .add();
        }
        if (batch.size() > 0) {
            batch.execute();
        }
    }

    private static @Nullable Long bytes(Meter meter, NetworkBytes network) {
        return switch (meter) {
            case NETWORK_IN -> (Long) network.in();
            case NETWORK_OUT -> (Long) network.out();
            case CPU, MEMORY, GPU, CREATION, PLATFORM_FEE -> null;
        };
    }

    private static @Nullable Long nanos(@Nullable Money money) {
        return money == null ? null : (Long) money.nanos();
    }

    /**
     * A line with the other columns of its row.
     *
     * @param hour beginning of the UTC hour
     * @param use of the whole sandbox in that hour
     */
    record HourLine(Instant hour, MeteredUsage use, ChargeLine line) {}

    /** Passes each line to a reader, sorted by sandbox, hour and meter. Holds only a few lines in memory. */
    void forEach(ChargeQuery query, Consumer<ChargeLine> reader) {
        var sql = new StringBuilder("""
                SELECT m.*, c.hour, c.meter, c.started_at, c.ended_at, c.metered_ms AS line_ms,
                    c.bytes, c.billed_nanos, c.prepaid_nanos
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
                handle -> { // PostgreSQL's driver fetches in batches only within a transaction
                    handle.createQuery(sql.toString())
                            .setFetchSize(FETCH_SIZE)
                            .bindMap(bindings)
                            .map(new LineMapper())
                            .forEach(reader);
                    return true;
                });
    }

    /** Maps rows to lines. Lines of one sandbox follow each other and share its {@link Subject}. Not thread-safe. */
    private static final class LineMapper implements RowMapper<ChargeLine> {
        private @Nullable Subject subject;

        @Override
        public ChargeLine map(ResultSet row, StatementContext context) throws SQLException {
            var billed = row.getLong("billed_nanos");
            var cost =
                    row.wasNull() ? Cost.UNKNOWN : new Cost(new Money(billed), new Money(row.getLong("prepaid_nanos")));
            return HourlyUsage.line(
                    subject(row),
                    Meter.of(row.getString("meter")),
                    Instant.ofEpochMilli(row.getLong("hour")),
                    Instant.ofEpochMilli(row.getLong("started_at")),
                    Instant.ofEpochMilli(row.getLong("ended_at")),
                    use(row),
                    cost);
        }

        /** Sets both directions to the same number, since the line's meter reads only one of them. */
        private static MeteredUsage use(ResultSet row) throws SQLException {
            var bytes = row.getLong("bytes");
            return new MeteredUsage(row.getLong("line_ms"), new NetworkBytes(bytes, bytes));
        }

        private Subject subject(ResultSet row) throws SQLException {
            var known = subject;
            if (known == null || !known.sandbox().equals(row.getString("sandbox"))) {
                known = MeterRow.read(row).subject();
                subject = known;
            }
            return known;
        }
    }
}
