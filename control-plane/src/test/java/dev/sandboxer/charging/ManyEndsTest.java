package dev.sandboxer.charging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.ChargeLine;
import dev.sandboxer.payments.bill.ChargeLine.Subject;
import dev.sandboxer.payments.ledger.Grant;
import dev.sandboxer.payments.ledger.Ledger;
import dev.sandboxer.payments.metering.Metering;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.Payer;
import dev.sandboxer.payments.rates.Tariff;
import dev.sandboxer.payments.rates.UnitPrice;
import dev.sandboxer.store.Database;
import dev.sandboxer.testing.Concurrently;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Charges many sandboxes of several consumers that end within one second, each in its own transaction, while the meter ticks. */
class ManyEndsTest {
    private static final int SANDBOXES = 10_000;
    private static final int CONSUMERS = 7;
    private static final int THREADS = 4;
    private static final Instant START = Instant.parse("2026-11-24T11:50:00Z");
    private static final SandboxSize SIZE = new SandboxSize(1500, 1025, 1024);
    private static final Tariff TARIFF = new Tariff(
            "test-1",
            Payer.PLATFORM,
            Map.of(Meter.CPU, price("0.00001400007"), Meter.MEMORY, price("0.0000045000001")));

    @TempDir(factory = MemoryDirectory.class)
    private Path home;

    private final SettableClock clock = new SettableClock(START);
    private final AtomicLong billed = new AtomicLong();
    private final Set<String> lines = Collections.synchronizedSet(new HashSet<>());

    @Test
    void ten_thousand_ends_in_one_second_are_charged_to_the_nano_unit() throws Exception {
        endAll(SqliteFile.in(home), SANDBOXES);
    }

    @Test
    void a_thousand_ends_in_one_second_on_postgres_are_charged_to_the_nano_unit() throws Exception {
        endAll(PostgresServer.fresh(), SANDBOXES / 10);
    }

    private void endAll(TestDatabase place, int sandboxes) throws Exception {
        try (var database = place.open()) {
            var ledger = new Ledger(database, clock);
            var metering = new Metering(database, ledger, (handle, some) -> some.forEach(this::note));
            for (int i = 0; i < CONSUMERS; i++) {
                ledger.grant(new Grant.Request("g" + i, "c" + i, Grant.Kind.FREE, Money.parse("10000"), 0, null, ""));
            }
            for (int i = 0; i < sandboxes; i += 100) {
                startSome(database, ledger, metering, i, Math.min(sandboxes, i + 100));
            }
            clock.advance(Duration.ofMinutes(9));
            metering.tick(clock.instant());
            clock.advance(Duration.ofMinutes(5)); // into the next hour
            Concurrently.run(THREADS + 1, thread -> {
                if (thread == THREADS) {
                    return metering.tick(clock.instant());
                }
                for (int i = thread; i < sandboxes; i += THREADS) {
                    end(database, ledger, metering, i);
                }
                return 0;
            });
            check(ledger, sandboxes);
        }
    }

    private void note(ChargeLine line) {
        assertThat(lines.add(line.id())).as("first %s", line).isTrue();
        billed.addAndGet(line.cost().billed() == null ? 0 : line.cost().billed().nanos());
    }

    private static void startSome(Database database, Ledger ledger, Metering metering, int from, int to) {
        database.write(handle -> {
            for (int i = from; i < to; i++) {
                var deadline = START.plusSeconds(3600);
                var id = "s" + i;
                var subject =
                        new Subject(id, "c" + i % CONSUMERS, "profile.test", "ext.test", null, SIZE, TARIFF, null);
                var meter = metering.plan(handle, subject, deadline);
                ledger.hold(
                        handle,
                        "hold:" + id,
                        subject.consumer(),
                        id,
                        meter.worstCase(START, deadline).orElseThrow(),
                        deadline);
                metering.start(handle, subject, START, deadline);
            }
        });
    }

    private static Instant endOf(int i) {
        return START.plusSeconds(14 * 60).plusMillis(i % 1000);
    }

    private static void end(Database database, Ledger ledger, Metering metering, int i) {
        database.write(handle -> {
            metering.end(handle, "s" + i, endOf(i));
            ledger.release(handle, "release:s" + i, "s" + i, "killed");
        });
    }

    private void check(Ledger ledger, int sandboxes) {
        long expected = 0;
        for (int i = 0; i < sandboxes; i++) {
            long millis = Duration.between(START, endOf(i)).toMillis();
            for (Meter meter : TARIFF.prices().keySet()) {
                expected += TARIFF.billed(meter, SIZE, millis).orElseThrow().nanos();
            }
        }
        long consumed = 0;
        for (int i = 0; i < CONSUMERS; i++) {
            var balance = ledger.balance("c" + i);
            assertThat(balance.held()).isEqualTo(Money.ZERO);
            consumed += balance.consumed().nanos();
        }
        assertThat(consumed).as("consumed").isEqualTo(expected);
        assertThat(billed.get()).as("billed").isEqualTo(expected);
        assertThat(lines).as("lines: two hours, two meters").hasSize(4 * sandboxes);
        assertThat(ledger.openHolds(null)).isEmpty();
    }

    private static UnitPrice price(String amount) {
        return new UnitPrice(new BigDecimal(amount), new BigDecimal(amount));
    }
}
