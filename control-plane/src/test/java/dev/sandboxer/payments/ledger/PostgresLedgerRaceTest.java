package dev.sandboxer.payments.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.payments.Money;
import dev.sandboxer.store.Database;
import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.databases.PostgresServer;
import dev.sandboxer.testing.databases.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes by another server in the moment before an account is locked. On SQLite there is no such moment. */
class PostgresLedgerRaceTest {
    private static final Instant NOON = Instant.parse("2026-11-15T12:00:00Z");
    private static final String ACME = "acme";

    private final SettableClock clock = new SettableClock(NOON);
    private final AtomicReference<Runnable> beforeLock = new AtomicReference<>(() -> {});
    private Database database;
    private Database elsewhere;
    private Ledger ledger;
    private Ledger other;

    @BeforeEach
    void open() {
        TestDatabase place = PostgresServer.fresh();
        database = place.watched(boundary -> {}, this::statement);
        elsewhere = place.open();
        ledger = new Ledger(database, clock);
        other = new Ledger(elsewhere, clock);
        ledger.grant(new Grant.Request("g", ACME, Grant.Kind.PAID, Money.parse("9"), 0, null, ""));
        hold("h1", "2", NOON.plusSeconds(60));
    }

    @AfterEach
    void auditAndClose() {
        LedgerAudit.of(elsewhere).check();
        database.close();
        elsewhere.close();
    }

    private void statement(String sql) {
        if (sql.startsWith("UPDATE credit_accounts SET held = held")) {
            beforeLock.getAndSet(() -> {}).run();
        }
    }

    private void hold(String id, String amount, Instant until) {
        elsewhere.write(handle -> other.hold(handle, id, ACME, "s", Money.parse(amount), until));
    }

    @Test
    void an_overdue_hold_that_is_extended_at_that_moment_stays_open() {
        clock.advance(Duration.ofSeconds(60));
        beforeLock.set(() -> hold("h2", "3", NOON.plusSeconds(120)));

        assertThat(ledger.releaseOverdue(sandbox -> true)).isZero();

        assertThat(ledger.hold("s").orElseThrow().remaining()).isEqualTo(Money.parse("3"));
        assertThat(ledger.openHolds(ACME)).hasSize(1);
    }

    @Test
    void a_hold_that_is_released_at_that_moment_is_released_once() {
        beforeLock.set(() -> other.releaseByHand("s", "by the other"));

        var given = database.transaction(handle -> ledger.release(handle, "r", "s", "ended"));

        assertThat(given).isEqualTo(Money.ZERO);
        assertThat(ledger.balance(ACME).balance()).isEqualTo(Money.parse("9"));
    }

    @Test
    void a_hold_that_grows_at_that_moment_is_counted_from_there() {
        beforeLock.set(() -> hold("h2", "8", NOON.plusSeconds(60)));

        database.write(handle -> ledger.hold(handle, "h3", ACME, "s", Money.parse("9"), NOON.plusSeconds(60)));

        assertThat(ledger.balance(ACME).held()).isEqualTo(Money.parse("9"));
        assertThat(ledger.balance(ACME).balance()).isEqualTo(Money.ZERO);
    }
}
