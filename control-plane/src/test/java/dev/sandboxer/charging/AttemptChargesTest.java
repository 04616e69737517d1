package dev.sandboxer.charging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.rates.Payer;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds and bills of a creation that needs more than one attempt. */
class AttemptChargesTest {
    private static final String OWN_KEY = "key_consumer0";

    @TempDir(factory = MemoryDirectory.class)
    private Path home;

    private PaidSandboxes paid;

    @BeforeEach
    void start() {
        paid = new PaidSandboxes(home);
    }

    @AfterEach
    void stop() {
        paid.close();
    }

    @Test
    void the_hold_is_that_of_the_attempt_that_succeeds() {
        priceFirst();
        paid.grant("10");
        paid.installation().first().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        var sandbox = createAnywhere();
        assertThat(sandbox.extension()).isEqualTo(PaidSandboxes.SECOND);
        assertThat(paid.held()).isEqualTo(money("0.61"));
        paid.pass(Duration.ofSeconds(10));
        paid.destroy(sandbox);
        assertThat(paid.consumed()).isEqualTo(money("0.02"));
        paid.audit();
    }

    @Test
    void nothing_stays_held_when_the_attempt_that_succeeds_costs_nothing() {
        priceFirst();
        paid.installation().addCredential(OWN_KEY, false);
        paid.grant("10");
        paid.installation().first().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        var sandbox = createAnywhere();
        assertThat(sandbox.extension()).isEqualTo(PaidSandboxes.SECOND);
        assertThat(paid.held()).isEqualTo(Money.ZERO);
        assertThat(paid.balance()).isEqualTo(money("10"));
        paid.destroy(sandbox);
        paid.audit();
    }

    @Test
    void a_fallback_to_the_platforms_credential_is_billed_at_the_platforms_price() {
        paid.installation().addCredential(OWN_KEY, true);
        paid.installation().second().revoke(OWN_KEY);
        paid.grant("1");
        var sandbox = paid.create();
        assertThat(paid.held()).isEqualTo(money("0.61"));
        paid.pass(Duration.ofSeconds(90));
        paid.destroy(sandbox);
        assertThat(paid.bill())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.subject().tariff().payer()).isEqualTo(Payer.PLATFORM));
        assertThat(paid.billed()).isEqualTo(money("0.1"));
        paid.audit();
    }

    @Test
    void a_fallback_to_the_platforms_credential_needs_credit() {
        paid.installation().addCredential(OWN_KEY, true);
        paid.installation().second().revoke(OWN_KEY);
        assertThatThrownBy(() -> paid.create())
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("has 0 available");
        assertThat(paid.installation().running()).isEmpty();
        assertThat(paid.process().sandboxes().list(PaidSandboxes.ME, true))
                .singleElement()
                .satisfies(it -> assertThat(it.state()).isEqualTo(SandboxState.FAILED));
        assertThat(paid.held()).isEqualTo(Money.ZERO);
        assertThat(paid.bill()).isEmpty();
        paid.audit();
    }

    private void priceFirst() {
        paid.installation()
                .price(
                        PaidSandboxes.card(PaidSandboxes.FIRST, "0.01", "0.01"),
                        PaidSandboxes.card(PaidSandboxes.SECOND, "0.001", "0.01"));
        paid.restart();
    }

    private Sandbox createAnywhere() {
        return paid.process()
                .sandboxes()
                .create(CreateSandbox.of(PaidSandboxes.ME, paid.installation().profile())
                        .ttl(TestInstallation.TTL)
                        .build());
    }

    private static Money money(String amount) {
        return Money.parse(amount);
    }
}
