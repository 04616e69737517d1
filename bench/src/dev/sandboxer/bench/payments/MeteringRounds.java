package dev.sandboxer.bench.payments;

import dev.sandboxer.bench.Results;
import dev.sandboxer.bench.Workspace;

import dev.sandboxer.bench.Results.Group;
import dev.sandboxer.charging.BillExport;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.hubs.HubSettings;
import dev.sandboxer.hubs.Outbox;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.BillingAccount;
import dev.sandboxer.payments.bill.ChargeLine;
import dev.sandboxer.payments.ledger.Grant;
import dev.sandboxer.payments.ledger.Ledger;
import dev.sandboxer.payments.metering.Metering;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.Payer;
import dev.sandboxer.payments.rates.Tariff;
import dev.sandboxer.payments.rates.UnitPrice;
import dev.sandboxer.store.Database;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** Times ticks of the meter over many running, charged sandboxes: within an hour, and at its end, when the hour is billed. */
public final class MeteringRounds implements AutoCloseable {
    public static final String MINUTE = "a tick within the hour";
    static final String HOUR = "a tick at the hour's end, with the bill";

    /** The interval of the meter. */
    public static final int INTERVAL_MS = 60_000;

    private static final int SANDBOXES = 10_000;
    private static final int CONSUMERS = 20;
    private static final int AT_ONCE = 500;
    private static final Duration TTL = Duration.ofDays(10);
    private static final SandboxSize SIZE = new SandboxSize(2000, 1024, 10_240);
    private static final Tariff TARIFF = new Tariff(
            "e2b-2026-04",
            Payer.PLATFORM,
            Map.of(Meter.CPU, price("0.000014"), Meter.MEMORY, price("0.0000045")));
    private static final HubSettings HUBS = HubSettings.read(Map.of("SANDBOXER_FIN_HUB_URL", "http://127.0.0.1:9/"));

    private final Group group;
    private final Database database;
    private final Ledger ledger;
    private final Metering metering;
    private Instant now = Instant.parse("2026-11-24T00:00:00Z");

    private MeteringRounds(Group group, Database database) {
        this.group = group;
        this.database = database;
        InstantSource clock = () -> now;
        var account = new BillingAccount("bench", "Bench", "USD");
        var export = new BillExport(new Outbox("bench", HUBS, clock), HUBS, () -> account);
        this.ledger = new Ledger(database, export, clock);
        this.metering = new Metering(database, ledger, export);
        fill();
    }

    public static MeteringRounds onSqlite(Workspace work) throws Exception {
        var file = Files.createDirectories(work.resolve("metering")).resolve("sandboxer.db");
        return new MeteringRounds(Group.METERING, Database.open(file, Map.of()));
    }

    public static MeteringRounds onPostgres(String url, Workspace work) {
        return new MeteringRounds(
                Group.METERING_ON_POSTGRES,
                Database.open(work.resolve("unused.db"), Map.of("SANDBOXER_DATABASE_URL", url)));
    }

    private static UnitPrice price(String amount) {
        return new UnitPrice(new BigDecimal(amount), new BigDecimal(amount).multiply(new BigDecimal("1.2")));
    }

    private void fill() {
        for (var i = 0; i < CONSUMERS; i++) {
            ledger.grant(new Grant.Request(
                    "grant" + i, "team-" + i, Grant.Kind.FREE, Money.parse("1000000"), 0, null, ""));
        }
        for (var first = 0; first < SANDBOXES; first += AT_ONCE) {
            var from = first;
            database.write(handle -> {
                for (var i = from; i < from + AT_ONCE; i++) {
                    // random ids, as in production: rows that are adjacent in one table are not adjacent in another
                    var id = "s" + Long.toString(1_000_000_007L * (i + 1) % 3_656_158_440_062_976L, 36);
                    var deadline = now.plus(TTL);
                    var subject = new ChargeLine.Subject(
                            id, "team-" + i % CONSUMERS, "profile.base", "ext.e2b", null, SIZE, TARIFF, null);
                    var meter = metering.plan(handle, subject, deadline);
                    ledger.hold(
                            handle,
                            "hold:" + id,
                            subject.consumer(),
                            id,
                            meter.worstCase(now, deadline).orElseThrow(),
                            deadline);
                    metering.start(handle, subject, now, deadline);
                }
            });
        }
    }

    public void round(Results results) throws Exception {
        now = now.plus(1, ChronoUnit.MINUTES);
        results.time(group, MINUTE, this::tick);
        now = now.truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
        results.time(group, HOUR, this::tick);
    }

    private void tick() {
        var measured = metering.tick(now);
        if (measured != SANDBOXES) {
            throw new IllegalStateException(measured + " sandboxes measured");
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
