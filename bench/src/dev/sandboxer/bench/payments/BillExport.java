package dev.sandboxer.bench.payments;

import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.BillingAccount;
import dev.sandboxer.payments.bill.ChargeLine;
import dev.sandboxer.payments.bill.FocusCsv;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.Payer;
import dev.sandboxer.payments.rates.Tariff;
import dev.sandboxer.payments.rates.UnitPrice;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;

/**
 * Reads lines of the bill from SQLite and writes them as CSV for FOCUS. Runs in a JVM of its own with a small heap. Arguments: a
 * directory, the number of lines, the number of rounds. Prints for each round the name of the pass and its nanoseconds.
 */
public final class BillExport {
    public static final String READ = "read";
    public static final String EXPORT = "export";

    private static final int METERS = 2;
    private static final int HOURS = 25;
    private static final Instant FIRST_HOUR = Instant.parse("2026-11-01T00:00:00Z");
    private static final long HOUR_MS = 3_600_000;

    private static final String LINES = """
            SELECT m.*, c.hour, c.meter, c.started_at, c.ended_at, c.metered_ms, c.billed_nanos, c.prepaid_nanos
            FROM charges c JOIN meters m ON m.sandbox = c.sandbox ORDER BY c.hour, c.sandbox, c.meter
            """;

    private BillExport() {}

    public static void main(String[] args) throws Exception {
        var directory = Path.of(args[0]);
        int lines = Integer.parseInt(args[1]);
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("bill.db"))) {
            fill(connection, lines);
            for (var round = 0; round < Integer.parseInt(args[2]); round++) {
                check(lines, time(READ, () -> read(connection)));
                check(lines, time(EXPORT, () -> export(connection, directory.resolve("bill.csv"))));
            }
        }
    }

    private interface Pass {
        int run() throws SQLException, IOException;
    }

    private static int time(String name, Pass pass) throws SQLException, IOException {
        var start = System.nanoTime();
        int lines = pass.run();
        System.out.println(name + " " + (System.nanoTime() - start));
        return lines;
    }

    private static void check(int expected, int lines) {
        if (lines != expected) {
            throw new IllegalStateException(lines + " lines instead of " + expected);
        }
    }

    /** Reads every column of every row. */
    private static int read(Connection connection) throws SQLException {
        int lines = 0;
        long sum = 0;
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(LINES)) {
            while (row.next()) {
                for (var column = 1; column <= 5; column++) {
                    sum += length(row.getString(column));
                }
                sum += row.getInt(6) + row.getInt(7) + row.getInt(8);
                for (var column = 9; column <= 11; column++) {
                    sum += length(row.getString(column));
                }
                sum += row.getLong(12) + length(row.getString(13));
                for (var column = 14; column <= 18; column++) {
                    sum += row.getLong(column);
                }
                lines++;
            }
        }
        return sum == 0 ? 0 : lines;
    }

    private static int length(String text) {
        return text == null ? 0 : text.length();
    }

    private static int export(Connection connection, Path file) throws SQLException, IOException {
        int lines = 0;
        try (var out = Files.newBufferedWriter(file);
                var statement = connection.createStatement();
                var row = statement.executeQuery(LINES)) {
            var csv = new FocusCsv(out, new BillingAccount("bench", "Bench", "USD"));
            ChargeLine.Subject subject = null;
            while (row.next()) {
                // often several lines of one sandbox follow each other
                if (subject == null || !subject.sandbox().equals(row.getString(1))) {
                    subject = subject(row);
                }
                csv.write(line(subject, row));
                lines++;
            }
        }
        return lines;
    }

    private static ChargeLine.Subject subject(ResultSet row) throws SQLException {
        return new ChargeLine.Subject(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                new SandboxSize(row.getInt(6), row.getInt(7), row.getInt(8)),
                Tariff.ofRow(row.getString(10)),
                row.getString(11));
    }

    private static ChargeLine line(ChargeLine.Subject subject, ResultSet row) throws SQLException {
        var meter = Meter.of(row.getString(13));
        return new ChargeLine(
                subject.sandbox() + ":" + row.getLong(12) / 1000 + ":" + meter.text(),
                subject,
                meter,
                Instant.ofEpochMilli(row.getLong(14)),
                Instant.ofEpochMilli(row.getLong(15)),
                meter.quantity(subject.size(), row.getLong(16)),
                new ChargeLine.Cost(new Money(row.getLong(17)), new Money(row.getLong(18))));
    }

    private static void fill(Connection connection, int lines) throws SQLException {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.executeUpdate("""
                    CREATE TABLE meters (sandbox TEXT NOT NULL PRIMARY KEY, consumer TEXT NOT NULL, profile TEXT NOT NULL,
                        extension TEXT NOT NULL, region TEXT, cpu_millis INTEGER NOT NULL, memory_mib INTEGER NOT NULL,
                        disk_mib INTEGER NOT NULL, gpu TEXT, tariff TEXT NOT NULL, tags TEXT) STRICT
                    """);
            statement.executeUpdate("""
                    CREATE TABLE charges (sandbox TEXT NOT NULL, hour INTEGER NOT NULL, meter TEXT NOT NULL,
                        started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, metered_ms INTEGER NOT NULL,
                        billed_nanos INTEGER, prepaid_nanos INTEGER, PRIMARY KEY (sandbox, hour, meter)) STRICT
                    """);
            statement.executeUpdate("CREATE INDEX charges_of_hour ON charges (hour, sandbox)");
        }
        try (var meter = connection.prepareStatement("INSERT INTO meters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
                var charge = connection.prepareStatement("INSERT INTO charges VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (var i = 0; i < lines / HOURS / METERS; i++) {
                sandbox(i, meter, charge);
            }
        }
        connection.commit();
    }

    private static void sandbox(int i, PreparedStatement meter, PreparedStatement charge)
            throws SQLException {
        var size = new SandboxSize(1000 << i % 3, 512 << i % 4, 10_240);
        var cpu = new BigDecimal("0.000014");
        var memory = new BigDecimal("0.0000045");
        var tariff = new Tariff(
                "e2b-2026-04",
                Payer.PLATFORM,
                Map.of(
                        Meter.CPU, new UnitPrice(cpu, cpu.multiply(new BigDecimal("1.2"))),
                        Meter.MEMORY, new UnitPrice(memory, memory.multiply(new BigDecimal("1.2")))));
        var id = "s" + Long.toString(1_000_000_007L * (i + 1) % 3_656_158_440_062_976L, 36);
        set(meter, id, "team-" + i % 50, "profile.base", "ext.e2b", i % 3 == 0 ? "eu" : null, size.cpuMillis(),
                size.memoryMiB(), size.diskMiB(), null, tariff.toRow(), "{\"team\":\"web\",\"ticket\":\"X-" + i + "\"}");
        for (var hour = 0; hour < HOURS; hour++) {
            var start = FIRST_HOUR.toEpochMilli() + (i / 100 + hour) * HOUR_MS;
            long from = hour == 0 ? i * 7919L % HOUR_MS : 0;
            for (var one : new Meter[] {Meter.CPU, Meter.MEMORY}) {
                long billed = tariff.billed(one, size, HOUR_MS - from).orElseThrow().nanos();
                set(charge, id, start, one.text(), start + from, start + HOUR_MS, HOUR_MS - from, billed, billed / 3);
            }
        }
    }

    private static void set(PreparedStatement statement, Object... values) throws SQLException {
        for (var i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        statement.executeUpdate();
    }
}
