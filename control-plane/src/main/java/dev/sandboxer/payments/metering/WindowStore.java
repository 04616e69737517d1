package dev.sandboxer.payments.metering;

import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.MeteredUsage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Reads and writes usage windows, in the table {@code usage_windows}. */
final class WindowStore {
    private static final Map<Meter, String> COLUMNS = new EnumMap<>(Map.of(
            Meter.CPU, "cpu_nanos",
            Meter.MEMORY, "memory_nanos",
            Meter.GPU, "gpu_nanos",
            Meter.NETWORK_IN, "network_in_nanos",
            Meter.NETWORK_OUT, "network_out_nanos",
            Meter.CREATION, "creation_nanos",
            Meter.PLATFORM_FEE, "fee_nanos"));

    private WindowStore() {}

    /** Inserts windows, each with the part of its cost that was drawn from grants. */
    static void insert(Handle handle, Map<UsageWindow, Money> prepaid) {
        var batch = handle.prepareBatch("""
                INSERT INTO usage_windows (sandbox, started_at, ended_at, network_in, network_out, cpu_nanos, memory_nanos,
                    gpu_nanos, network_in_nanos, network_out_nanos, creation_nanos, fee_nanos, prepaid_nanos)
                VALUES (:sandbox, :started_at, :ended_at, :network_in, :network_out, :cpu_nanos, :memory_nanos, :gpu_nanos,
                    :network_in_nanos, :network_out_nanos, :creation_nanos, :fee_nanos, :prepaid_nanos)
                """);
        prepaid.forEach((window, drawn) -> {
            batch.bind("sandbox", window.sandbox())
                    .bind("started_at", window.start().toEpochMilli())
                    .bind("ended_at", window.end().toEpochMilli())
                    .bind("network_in", window.network().in())
                    .bind("network_out", window.network().out())
                    .bind("prepaid_nanos", window.isPriced() ? drawn.nanos() : null);
            COLUMNS.forEach((meter, column) -> {
                var cost = window.costs().get(meter);
                batch.bind(column, cost == null ? null : cost.nanos());
            });
            batch.add();
        });
        MeterRow.execute(batch);
    }

    /** Returns the time up to which a sandbox has windows or lines of the bill; empty if it was never measured. */
    static Optional<Instant> settledTo(Handle handle, String sandbox) {
        return handle.createQuery("""
                        SELECT max(until) FROM (
                            SELECT * FROM (SELECT ended_at AS until FROM usage_windows WHERE sandbox = :sandbox
                                ORDER BY started_at DESC LIMIT 1) last_window
                            UNION ALL
                            SELECT * FROM (SELECT hour + 3600000 AS until FROM charges WHERE sandbox = :sandbox
                                ORDER BY hour DESC LIMIT 1) last_charge) settled
                        """)
                .bind("sandbox", sandbox)
                .mapTo(Long.class)
                .findOne()
                .map(Instant::ofEpochMilli);
    }

    /** Returns the unbilled windows, summed up by sandbox and UTC hour and sorted by both. */
    static List<HourlyUsage> hours(Handle handle, Collection<String> sandboxes) {
        return handle.createQuery("""
                        SELECT sandbox, started_at - started_at % 3600000 AS hour, min(started_at) AS started_at,
                            max(ended_at) AS ended_at, sum(ended_at - started_at) AS metered_ms, sum(cpu_nanos) AS cpu_nanos,
                            sum(memory_nanos) AS memory_nanos, sum(gpu_nanos) AS gpu_nanos, sum(creation_nanos) AS creation_nanos,
                            sum(fee_nanos) AS fee_nanos, sum(prepaid_nanos) AS prepaid_nanos, sum(network_in) AS network_in,
                            sum(network_out) AS network_out, sum(network_in_nanos) AS network_in_nanos,
                            sum(network_out_nanos) AS network_out_nanos
                        FROM usage_windows w
                        WHERE sandbox IN (<sandboxes>)
                            AND started_at >= (SELECT bill_from FROM meters m WHERE m.sandbox = w.sandbox)
                        GROUP BY sandbox, started_at - started_at % 3600000
                        ORDER BY sandbox, hour
                        """)
                .bindList("sandboxes", List.copyOf(sandboxes))
                .map((row, context) -> hour(row))
                .list();
    }

    private static HourlyUsage hour(ResultSet row) throws SQLException {
        var costs = new EnumMap<Meter, Money>(Meter.class);
        for (var column : COLUMNS.entrySet()) {
            var nanos = MeterRow.number(row, column.getValue());
            if (nanos != null) {
                costs.put(column.getKey(), new Money(nanos));
            }
        }
        var prepaid = MeterRow.number(row, "prepaid_nanos");
        return new HourlyUsage(
                row.getString("sandbox"),
                Instant.ofEpochMilli(row.getLong("hour")),
                Instant.ofEpochMilli(row.getLong("started_at")),
                Instant.ofEpochMilli(row.getLong("ended_at")),
                new MeteredUsage(row.getLong("metered_ms"), MeterRow.bytes(row, "network")),
                costs,
                prepaid == null ? Money.ZERO : new Money(prepaid));
    }
}
