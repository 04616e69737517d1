package dev.sandboxer.charging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.hubs.HubSettings;
import dev.sandboxer.hubs.Outbox;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.BillingAccount;
import dev.sandboxer.payments.ledger.Capture;
import dev.sandboxer.payments.ledger.Grant;
import dev.sandboxer.payments.ledger.Ledger;
import dev.sandboxer.store.Database;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.databases.SqliteFile;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Effect of credits on the bill: a consumer is invoiced for exactly what it owes, however it pays. */
class BillExportTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    private final SettableClock clock = new SettableClock(NOW);

    @TempDir(factory = MemoryDirectory.class)
    private Path home;

    @AutoClose
    private Database database;

    private Ledger ledger;

    @BeforeEach
    void open() {
        database = SqliteFile.in(home).open();
        var outbox = new Outbox("test", HubSettings.NONE, clock);
        var export = new BillExport(outbox, HubSettings.NONE, () -> new BillingAccount("test", "Test", "USD"));
        ledger = new Ledger(database, export, clock);
        ledger.changeTerms("acme", terms -> terms.withLimit(money("5")));
    }

    @Test
    void paid_credits_are_a_purchase_and_free_ones_are_not_on_the_bill() {
        grant("a", Grant.Kind.PAID, "2");
        grant("b", Grant.Kind.FREE, "3");
        assertThat(events()).hasSize(1);
        assertThat(billed()).isEqualByComparingTo("2");
        assertThat(events().getFirst().get("ChargeCategory").asString()).isEqualTo("Purchase");
    }

    @Test
    void use_on_credit_that_a_paid_grant_pays_later_is_not_billed_twice() {
        use("1.5");
        grant("a", Grant.Kind.PAID, "2");
        assertThat(billed().add(new BigDecimal("1.5")))
                .as("with the line of the use")
                .isEqualByComparingTo("2");
    }

    @Test
    void use_on_credit_that_a_free_grant_pays_later_is_no_longer_owed() {
        use("1.5");
        grant("a", Grant.Kind.FREE, "1");
        assertThat(billed()).isEqualByComparingTo("-1");
    }

    @Test
    void use_on_credit_that_a_released_hold_pays_is_no_longer_owed() {
        grant("a", Grant.Kind.FREE, "2");
        database.write(
                handle -> ledger.hold(handle, "hold:s1", "acme", "s1", money("2"), NOW.plus(Duration.ofHours(1))));
        use("1.5");
        database.write(handle -> ledger.release(handle, "release:s1", "s1", "killed"));
        assertThat(billed()).isEqualByComparingTo("-1.5");
    }

    @Test
    void a_correction_gives_back_credits_and_changes_no_invoice() {
        use("1");
        grant("a", Grant.Kind.PAID, "2");
        var before = billed();
        database.write(handle -> ledger.correct(handle, "c", "acme", null, money("0.4"), "counted twice"));
        assertThat(billed()).isEqualByComparingTo(before);
        assertThat(events().getLast().get("EffectiveCost").decimalValue()).isEqualByComparingTo("-0.4");
    }

    private void use(String amount) {
        database.write(handle ->
                ledger.capture(handle, List.of(new Capture("capture:" + amount, "acme", "s2", money(amount), NOW))));
    }

    private void grant(String id, Grant.Kind kind, String amount) {
        ledger.grant(new Grant.Request(id, "acme", kind, money(amount), 0, null, ""));
    }

    private BigDecimal billed() {
        return events().stream()
                .map(event -> event.get("BilledCost").decimalValue())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private List<JsonNode> events() {
        return database
                .read(handle -> handle.createQuery("SELECT body FROM outbox ORDER BY position, id")
                        .mapTo(String.class)
                        .list())
                .stream()
                .map(body -> JSON.readTree(body).get("data"))
                .toList();
    }

    private static Money money(String amount) {
        return Money.parse(amount);
    }
}
