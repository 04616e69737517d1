package dev.sandboxer.payments.metering;

import dev.sandboxer.config.Gpus;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.ChargeLine.Subject;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.Tariff;
import dev.sandboxer.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** Meters and their windows as rows. */
final class MeterStore {
    private static final Map<Meter, String> COLUMNS = new EnumMap<>(Map.of(
            Meter.CPU, "cpu_nanos",
            Meter.MEMORY, "memory_nanos",
            Meter.GPU, "gpu_nanos",
            Meter.CREATION, "creation_nanos",
            Meter.PLATFORM_FEE, "fee_nanos"));

    private static final String INSERT = """
            INSERT INTO meters (sandbox, consumer, profile, extension, region, cpu_millis, memory_mib, disk_mib, gpu,
                tariff, tags, deadline, metered_to, stop_at, metered_ms, bill_from)
            VALUES (:sandbox, :consumer, :profile, :extension, :region, :cpu, :memory, :disk, :gpu, :tariff, :tags,
                :deadline, :metered_to, :stop_at, :metered_ms, :bill_from)
            """;

    private final Database database;

    MeterStore(Database database) {
        this.database = database;
    }

    /** A sandbox's meter; nobody else changes it until this transaction ends. */
    Optional<SandboxMeter> lock(Handle handle, String sandbox) {
        return handle.createQuery("UPDATE meters SET metered_ms = metered_ms WHERE sandbox = :sandbox RETURNING *")
                .bind("sandbox", sandbox)
                .map((row, context) -> map(row))
                .findOne();
    }

    Optional<SandboxMeter> find(String sandbox) {
        return database.read(handle -> handle.createQuery("SELECT * FROM meters WHERE sandbox = :sandbox")
                .bind("sandbox", sandbox)
                .map((row, context) -> map(row))
                .findOne());
    }

    /**
     * The meters of sandboxes that have windows or time which is not on the bill.
     *
     * @param consumer null = everybody's
     */
    List<SandboxMeter> unbilled(@Nullable String consumer) {
        return database.read(handle -> handle.createQuery("SELECT * FROM meters WHERE sandbox IN ("
                        + "SELECT sandbox FROM meters WHERE metered_to IS NOT NULL UNION "
                        + "SELECT sandbox FROM meters WHERE bill_from IS NOT NULL)"
                        + (consumer == null ? "" : " AND consumer = :consumer") + " ORDER BY sandbox")
                .bindMap(consumer == null ? Map.of() : Map.of("consumer", consumer))
                .map((row, context) -> map(row))
                .list());
    }

    /**
     * Ids of meters that lag, those of a consumer one after the other.
     *
     * @param measuredBefore those that run and were measured last before that
     * @param hour those with windows of an hour before that, which can be put on the bill, see {@link SandboxMeter#billableTo}
     */
    List<String> lagging(Instant measuredBefore, Instant hour, int most) {
        return database.read(handle -> handle.createQuery("SELECT sandbox FROM ("
                        + "SELECT consumer, sandbox FROM meters WHERE metered_to IS NOT NULL AND metered_to < :before"
                        + " AND metered_to < deadline AND (stop_at IS NULL OR metered_to < stop_at)"
                        + " UNION SELECT consumer, sandbox FROM meters WHERE bill_from IS NOT NULL AND bill_from < :hour"
                        + " AND (metered_to IS NULL OR metered_to >= bill_from + 3600000)) lagging"
                        + " ORDER BY consumer, sandbox LIMIT :most")
                .bind("before", measuredBefore.toEpochMilli())
                .bind("hour", hour.toEpochMilli())
                .bind("most", most)
                .mapTo(String.class)
                .list());
    }

    /** Those meters; nobody else changes them until this transaction ends. */
    List<SandboxMeter> lock(Handle handle, Collection<String> sandboxes) {
        Query query = handle.createQuery(
                "UPDATE meters SET metered_ms = metered_ms WHERE sandbox IN (<sandboxes>) RETURNING *");
        return query.bindList("sandboxes", List.copyOf(sandboxes))
                .map((row, context) -> map(row))
                .list();
    }

    /** Writes a meter, new or changed. */
    void save(Handle handle, SandboxMeter meter) {
        bind(handle.createUpdate(INSERT + """
                        ON CONFLICT (sandbox) DO UPDATE SET extension = excluded.extension, region = excluded.region,
                            cpu_millis = excluded.cpu_millis, memory_mib = excluded.memory_mib, disk_mib = excluded.disk_mib,
                            gpu = excluded.gpu, tariff = excluded.tariff, deadline = excluded.deadline,
                            metered_to = excluded.metered_to, stop_at = excluded.stop_at, metered_ms = excluded.metered_ms,
                            bill_from = excluded.bill_from
                        """), meter).execute();
    }

    /** Writes a meter that begins to run. Of one that is there already the prices stay. Returns it as it is then. */
    SandboxMeter start(Handle handle, SandboxMeter meter) {
        return bind(handle.createQuery(INSERT + """
                        ON CONFLICT (sandbox) DO UPDATE SET cpu_millis = excluded.cpu_millis,
                            memory_mib = excluded.memory_mib, disk_mib = excluded.disk_mib, gpu = excluded.gpu,
                            deadline = excluded.deadline, metered_to = excluded.metered_to, stop_at = excluded.stop_at
                        RETURNING *
                        """), meter)
                .map((row, context) -> map(row))
                .one();
    }

    /** Nothing after that is charged, unless nothing after an earlier moment is. */
    void stopAt(Handle handle, String sandbox, Instant at) {
        handle.createUpdate(
                        "UPDATE meters SET stop_at = :at WHERE sandbox = :sandbox AND (stop_at IS NULL OR stop_at > :at)")
                .bind("sandbox", sandbox)
                .bind("at", at.toEpochMilli())
                .execute();
    }

    /** Writes how far meters have come. */
    void saveProgress(Handle handle, Collection<SandboxMeter> meters) {
        var batch = handle.prepareBatch("""
                UPDATE meters SET metered_to = :metered_to, metered_ms = :metered_ms, bill_from = :bill_from
                WHERE sandbox = :sandbox
                """);
        for (SandboxMeter meter : meters) {
            batch.bind("sandbox", meter.subject().sandbox())
                    .bind("metered_to", millis(meter.meteredTo()))
                    .bind("metered_ms", meter.meteredMs())
                    .bind("bill_from", millis(meter.billFrom()))
                    .add();
        }
        execute(batch);
    }

    /** @param prepaid how much of each window was drawn from grants, by window */
    void insert(Handle handle, Map<UsageWindow, Money> prepaid) {
        var batch = handle.prepareBatch("""
                INSERT INTO usage_windows (sandbox, started_at, ended_at, cpu_nanos, memory_nanos, gpu_nanos, creation_nanos,
                    fee_nanos, prepaid_nanos)
                VALUES (:sandbox, :started_at, :ended_at, :cpu_nanos, :memory_nanos, :gpu_nanos, :creation_nanos, :fee_nanos,
                    :prepaid_nanos)
                """);
        prepaid.forEach((window, drawn) -> {
            batch.bind("sandbox", window.sandbox())
                    .bind("started_at", window.start().toEpochMilli())
                    .bind("ended_at", window.end().toEpochMilli())
                    .bind("prepaid_nanos", window.isPriced() ? drawn.nanos() : null);
            COLUMNS.forEach((meter, column) -> {
                var cost = window.costs().get(meter);
                batch.bind(column, cost == null ? null : cost.nanos());
            });
            batch.add();
        });
        execute(batch);
    }

    /** Until when a sandbox has windows or is billed; empty when it never was measured. */
    Optional<Instant> settledTo(Handle handle, String sandbox) {
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

    /** Windows that are not on the bill, summed up by UTC hour. */
    List<HourOfUse> hours(Handle handle, Collection<String> sandboxes) {
        return handle.createQuery("""
                        SELECT sandbox, started_at - started_at % 3600000 AS hour, min(started_at) AS started_at,
                            max(ended_at) AS ended_at, sum(ended_at - started_at) AS metered_ms, sum(cpu_nanos) AS cpu_nanos,
                            sum(memory_nanos) AS memory_nanos, sum(gpu_nanos) AS gpu_nanos, sum(creation_nanos) AS creation_nanos,
                            sum(fee_nanos) AS fee_nanos, sum(prepaid_nanos) AS prepaid_nanos
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

    private static HourOfUse hour(ResultSet row) throws SQLException {
        var costs = new EnumMap<Meter, Money>(Meter.class);
        for (var column : COLUMNS.entrySet()) {
            var nanos = number(row, column.getValue());
            if (nanos != null) {
                costs.put(column.getKey(), new Money(nanos));
            }
        }
        var prepaid = number(row, "prepaid_nanos");
        return new HourOfUse(
                row.getString("sandbox"),
                Instant.ofEpochMilli(row.getLong("hour")),
                Instant.ofEpochMilli(row.getLong("started_at")),
                Instant.ofEpochMilli(row.getLong("ended_at")),
                row.getLong("metered_ms"),
                costs,
                prepaid == null ? Money.ZERO : new Money(prepaid));
    }

    static SandboxMeter map(ResultSet row) throws SQLException {
        var gpu = row.getString("gpu");
        return new SandboxMeter(
                new Subject(
                        row.getString("sandbox"),
                        row.getString("consumer"),
                        row.getString("profile"),
                        row.getString("extension"),
                        row.getString("region"),
                        new SandboxSize(
                                row.getInt("cpu_millis"),
                                row.getInt("memory_mib"),
                                row.getInt("disk_mib"),
                                gpu == null ? null : Gpus.parse(gpu)),
                        Tariff.ofRow(row.getString("tariff")),
                        row.getString("tags")),
                Instant.ofEpochMilli(row.getLong("deadline")),
                instant(row, "metered_to"),
                instant(row, "stop_at"),
                row.getLong("metered_ms"),
                instant(row, "bill_from"));
    }

    private static <S extends SqlStatement<S>> S bind(S statement, SandboxMeter meter) {
        var subject = meter.subject();
        var size = subject.size();
        return statement
                .bind("sandbox", subject.sandbox())
                .bind("consumer", subject.consumer())
                .bind("profile", subject.profile())
                .bind("extension", subject.extension())
                .bind("region", subject.region())
                .bind("cpu", size.cpuMillis())
                .bind("memory", size.memoryMiB())
                .bind("disk", size.diskMiB())
                .bind("gpu", size.gpu() == null ? null : Gpus.format(size.gpu()))
                .bind("tariff", subject.tariff().toRow())
                .bind("tags", subject.tags())
                .bind("deadline", meter.deadline().toEpochMilli())
                .bind("metered_to", millis(meter.meteredTo()))
                .bind("stop_at", millis(meter.stopAt()))
                .bind("metered_ms", meter.meteredMs())
                .bind("bill_from", millis(meter.billFrom()));
    }

    private static void execute(PreparedBatch batch) {
        if (batch.size() > 0) {
            batch.execute();
        }
    }

    private static @Nullable Long number(ResultSet row, String column) throws SQLException {
        var value = row.getLong(column);
        return row.wasNull() ? null : (Long) value;
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var millis = number(row, column);
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }

    private static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : (Long) instant.toEpochMilli();
    }
}
