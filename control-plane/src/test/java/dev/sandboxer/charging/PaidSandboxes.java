package dev.sandboxer.charging;

import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.ChargeLine;
import dev.sandboxer.payments.ledger.Grant;
import dev.sandboxer.payments.ledger.Hold;
import dev.sandboxer.payments.rates.RateCard;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.TestInstallation;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** An installation with one process. Its second extension costs 0.001 per second and 0.01 per creation. */
final class PaidSandboxes implements AutoCloseable {
    static final String ME = TestInstallation.ME;
    static final ExtensionId FIRST = new ExtensionId("ext.first");
    static final ExtensionId SECOND = new ExtensionId("ext.second");

    private final TestInstallation installation;
    private final List<ChargeLine> bill = new ArrayList<>();
    private final TransitionJournal journal = new TransitionJournal();
    private ControlPlane process;

    PaidSandboxes(Path home) {
        installation = new TestInstallation(home);
        installation.charge();
        installation.onBill((handle, lines) -> bill.addAll(lines));
        installation.listen(journal.of(installation.clock()));
        installation.price(card(SECOND, "0.001", "0.01"));
        process = installation.start();
        journal.prepare(process.database());
    }

    static RateCard card(ExtensionId extension, String second, String creation) {
        return new RateCard(
                "test-1",
                extension,
                Instant.EPOCH,
                new BigDecimal(second),
                BigDecimal.ZERO,
                Map.of(),
                Map.of(),
                new BigDecimal(creation));
    }

    TestInstallation installation() {
        return installation;
    }

    ControlPlane process() {
        return process;
    }

    List<ChargeLine> bill() {
        return bill;
    }

    /** Kills the process and starts another. */
    void restart() {
        restart(() -> {});
    }

    /** Kills the process and starts another after some work. */
    void restart(Runnable meanwhile) {
        installation.kill(process);
        meanwhile.run();
        process = installation.start();
    }

    /** Fails if rows contradict each other, or if the charged time is not the running time. */
    void audit() {
        ChargeAudit.of(process.database()).check();
    }

    Profile profile() {
        return TestInstallation.profile(SECOND);
    }

    Sandbox create(Duration ttl) {
        return process.sandboxes()
                .create(CreateSandbox.of(ME, profile()).ttl(ttl).build());
    }

    Sandbox create() {
        return create(TestInstallation.TTL);
    }

    Sandbox find(Sandbox sandbox) {
        return process.sandboxes().find(sandbox.id()).orElseThrow();
    }

    void destroy(Sandbox sandbox) {
        process.sandboxes().destroy(find(sandbox));
    }

    void pause(Sandbox sandbox) {
        process.sandboxes().pause(find(sandbox));
    }

    void resume(Sandbox sandbox, Duration ttl) {
        process.sandboxes().resume(find(sandbox), ttl, profile());
    }

    void pass(Duration time) {
        installation.clock().advance(time);
    }

    /** Advances the clock, with a tick of the meter each minute. */
    void passMetered(int minutes) {
        for (int i = 0; i < minutes; i++) {
            pass(Duration.ofMinutes(1));
            tick();
        }
    }

    void tick() {
        process.metering().tick(installation.clock().instant());
    }

    void grant(String amount) {
        process.ledger()
                .grant(new Grant.Request(
                        UUID.randomUUID().toString(), ME, Grant.Kind.PAID, Money.parse(amount), 0, null, ""));
    }

    Money consumed() {
        return process.ledger().balance(ME).consumed();
    }

    Money balance() {
        return process.ledger().balance(ME).balance();
    }

    Money held() {
        return process.ledger().openHolds(ME).stream().map(Hold::remaining).reduce(Money.ZERO, Money::plus);
    }

    Money billed() {
        return bill.stream().map(line -> line.cost().billed()).reduce(Money.ZERO, Money::plus);
    }

    @Override
    public void close() {
        process.close();
    }
}
