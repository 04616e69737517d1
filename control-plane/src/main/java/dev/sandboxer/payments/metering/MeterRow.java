package dev.sandboxer.payments.metering;

import dev.sandboxer.config.units.Gpus;
import dev.sandboxer.extension.feature.NetworkBytes;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.bill.ChargeLine.Subject;
import dev.sandboxer.payments.rates.MeteredUsage;
import dev.sandboxer.payments.rates.Tariff;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** Conversions between columns and values that the stores of meters share. */
final class MeterRow {
    private MeterRow() {}

    /** Returns the meter in a row of the table {@code meters}. */
    static SandboxMeter read(ResultSet row) throws SQLException {
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
                new MeteredUsage(row.getLong("metered_ms"), bytes(row, "metered")),
                bytes(row, "counted"),
                instant(row, "bill_from"));
    }

    /** Binds all columns of a meter. */
    static <S extends SqlStatement<S>> S bind(S statement, SandboxMeter meter) {
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
                .bind("metered_ms", meter.metered().millis())
                .bind("metered_in", meter.metered().network().in())
                .bind("metered_out", meter.metered().network().out())
                .bind("bill_from", millis(meter.billFrom()));
    }

    /** Returns the bytes in the columns {@code PREFIX_in} and {@code PREFIX_out}. */
    static NetworkBytes bytes(ResultSet row, String prefix) throws SQLException {
        return new NetworkBytes(row.getLong(prefix + "_in"), row.getLong(prefix + "_out"));
    }

    /** Executes a batch, which may be empty. */
    static void execute(PreparedBatch batch) {
        if (batch.size() > 0) {
            batch.execute();
        }
    }

    static @Nullable Long number(ResultSet row, String column) throws SQLException {
        var value = row.getLong(column);
        return row.wasNull() ? null : (Long) value;
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var millis = number(row, column);
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }

    static @Nullable Long millis(@Nullable Instant instant) {
        return instant == null ? null : (Long) instant.toEpochMilli();
    }
}
