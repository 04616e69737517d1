package dev.sandboxer.payments.metering;

import dev.sandboxer.extension.feature.NetworkBytes;
import dev.sandboxer.store.Database;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Reads and writes meters, in the table {@code meters}. */
final class MeterStore {
    private static final String INSERT = """
            INSERT INTO meters (sandbox, consumer, profile, extension, region, cpu_millis, memory_mib, disk_mib, gpu,
                tariff, tags, deadline, metered_to, stop_at, metered_ms, metered_in, metered_out, bill_from)
            VALUES (:sandbox, :consumer, :profile, :extension, :region, :cpu, :memory, :disk, :gpu, :tariff, :tags,
                :deadline, :metered_to, :stop_at, :metered_ms, :metered_in, :metered_out, :bill_from)
            """;

    private final Database database;

    MeterStore(Database database) {
        this.database = database;
    }

    /** Returns a sandbox's meter, locked until the transaction ends. */
    Optional<SandboxMeter> lock(Handle handle, String sandbox) {
        return handle.createQuery("UPDATE meters SET metered_ms = metered_ms WHERE sandbox = :sandbox RETURNING *")
                .bind("sandbox", sandbox)
                .map((row, context) -> MeterRow.read(row))
                .findOne();
    }

    Optional<SandboxMeter> find(String sandbox) {
        return database.read(handle -> handle.createQuery("SELECT * FROM meters WHERE sandbox = :sandbox")
                .bind("sandbox", sandbox)
                .map((row, context) -> MeterRow.read(row))
                .findOne());
    }

    /**
     * Returns the meters of sandboxes that run or have unbilled windows.
     *
     * @param consumer null = all consumers
     */
    List<SandboxMeter> unbilled(@Nullable String consumer) {
        return database.read(handle -> handle.createQuery("SELECT * FROM meters WHERE sandbox IN ("
                        + "SELECT sandbox FROM meters WHERE metered_to IS NOT NULL UNION "
                        + "SELECT sandbox FROM meters WHERE bill_from IS NOT NULL)"
                        + (consumer == null ? "" : " AND consumer = :consumer") + " ORDER BY sandbox")
                .bindMap(consumer == null ? Map.of() : Map.of("consumer", consumer))
                .map((row, context) -> MeterRow.read(row))
                .list());
    }

    /**
     * Returns the sandboxes that are due for measuring or billing, sorted by consumer.
     *
     * @param measuredBefore a sandbox that runs is due if it was last measured before this time
     * @param hour a sandbox is due if it has unbilled windows of an earlier hour, see {@link SandboxMeter#billableTo}
     * @param most the most ids to return
     */
    List<String> due(Instant measuredBefore, Instant hour, int most) {
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

    /** Returns the meters of these sandboxes, locked until the transaction ends. */
    List<SandboxMeter> lock(Handle handle, Collection<String> sandboxes) {
        Query query = handle.createQuery(
                "UPDATE meters SET metered_ms = metered_ms WHERE sandbox IN (<sandboxes>) RETURNING *");
        return query.bindList("sandboxes", List.copyOf(sandboxes))
                .map((row, context) -> MeterRow.read(row))
                .list();
    }

    /** Inserts or updates a meter. */
    void save(Handle handle, SandboxMeter meter) {
        MeterRow.bind(handle.createUpdate(INSERT + """
                        ON CONFLICT (sandbox) DO UPDATE SET extension = excluded.extension, region = excluded.region,
                            cpu_millis = excluded.cpu_millis, memory_mib = excluded.memory_mib, disk_mib = excluded.disk_mib,
                            gpu = excluded.gpu, tariff = excluded.tariff, deadline = excluded.deadline,
                            metered_to = excluded.metered_to, stop_at = excluded.stop_at, metered_ms = excluded.metered_ms,
                            metered_in = excluded.metered_in, metered_out = excluded.metered_out,
                            bill_from = excluded.bill_from
                        """), meter).execute();
    }

    /** Starts a meter. If it already exists, it keeps its prices. Returns the stored meter. */
    SandboxMeter start(Handle handle, SandboxMeter meter) {
        return MeterRow.bind(handle.createQuery(INSERT + """
                        ON CONFLICT (sandbox) DO UPDATE SET cpu_millis = excluded.cpu_millis,
                            memory_mib = excluded.memory_mib, disk_mib = excluded.disk_mib, gpu = excluded.gpu,
                            deadline = excluded.deadline, metered_to = excluded.metered_to, stop_at = excluded.stop_at
                        RETURNING *
                        """), meter)
                .map((row, context) -> MeterRow.read(row))
                .one();
    }

    /** Stops charging at this time, unless an earlier one is set. */
    void stopAt(Handle handle, String sandbox, Instant at) {
        handle.createUpdate(
                        "UPDATE meters SET stop_at = :at WHERE sandbox = :sandbox AND (stop_at IS NULL OR stop_at > :at)")
                .bind("sandbox", sandbox)
                .bind("at", at.toEpochMilli())
                .execute();
    }

    /** Stores the total bytes that sandboxes have received and sent. A lower total changes nothing. */
    void saveCounted(Handle handle, Map<String, NetworkBytes> totals) {
        var batch = handle.prepareBatch("""
                UPDATE meters SET counted_in = CASE WHEN counted_in < :in THEN :in ELSE counted_in END,
                    counted_out = CASE WHEN counted_out < :out THEN :out ELSE counted_out END
                WHERE sandbox = :sandbox AND (counted_in < :in OR counted_out < :out)
                """);
        totals.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> batch.bind("sandbox", entry.getKey())
                        .bind("in", entry.getValue().in())
                        .bind("out", entry.getValue().out())
                        .add());
        MeterRow.execute(batch);
    }

    /** Returns the meters of running sandboxes that have received or sent bytes. */
    List<SandboxMeter> withTraffic() {
        return database.read(handle -> handle.createQuery("SELECT * FROM meters WHERE metered_to IS NOT NULL"
                        + " AND (counted_in > 0 OR counted_out > 0)")
                .map((row, context) -> MeterRow.read(row))
                .list());
    }

    /** Stores how far meters have been measured and billed. */
    void saveProgress(Handle handle, Collection<SandboxMeter> meters) {
        var batch = handle.prepareBatch("""
                UPDATE meters SET metered_to = :metered_to, metered_ms = :metered_ms, metered_in = :metered_in,
                    metered_out = :metered_out, bill_from = :bill_from
                WHERE sandbox = :sandbox
                """);
        for (SandboxMeter meter : meters) {
            batch.bind("sandbox", meter.subject().sandbox())
                    .bind("metered_to", MeterRow.millis(meter.meteredTo()))
                    .bind("metered_ms", meter.metered().millis())
                    .bind("metered_in", meter.metered().network().in())
                    .bind("metered_out", meter.metered().network().out())
                    .bind("bill_from", MeterRow.millis(meter.billFrom()))
                    .add();
        }
        MeterRow.execute(batch);
    }
}
