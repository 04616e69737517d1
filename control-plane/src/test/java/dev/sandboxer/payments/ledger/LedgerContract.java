package dev.sandboxer.payments.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.payments.Money;
import dev.sandboxer.store.Database;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.SettableClock;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Base of the ledger's contracts: a ledger on an empty database, which is audited after each test. */
abstract class LedgerContract {
    static final Instant NOON = Instant.parse("2026-11-15T12:00:00Z");
    static final String ACME = "acme";

    @TempDir(factory = MemoryDirectory.class)
    private Path home;

    final SettableClock clock = new SettableClock(NOON);
    Database database;
    Ledger ledger;

    /** Returns an empty database for one test. */
    abstract TestDatabase database(Path home);

    @BeforeEach
    void open() {
        database = database(home).open();
        ledger = new Ledger(database, clock);
    }

    @AfterEach
    void auditAndClose() {
        try {
            LedgerAudit.of(database).check();
        } finally {
            database.close();
        }
    }

    static Money money(String text) {
        return Money.parse(text);
    }

    static Grant.Request request(String id, String amount, int priority, @Nullable Instant expiresAt) {
        return new Grant.Request(id, ACME, Grant.Kind.PAID, money(amount), priority, expiresAt, "");
    }

    void grant(String id, String amount) {
        ledger.grant(request(id, amount, 0, null));
    }

    void grantUntil(String id, String amount, Instant expiresAt) {
        ledger.grant(request(id, amount, 0, expiresAt));
    }

    void hold(String id, String sandbox, String amount) {
        holdUntil(id, sandbox, amount, NOON.plus(Duration.ofHours(1)));
    }

    void holdUntil(String id, String sandbox, String amount, Instant expiresAt) {
        database.write(handle -> ledger.hold(handle, id, ACME, sandbox, money(amount), expiresAt));
    }

    Map<String, Money> capture(Capture... captures) {
        return database.transaction(handle -> ledger.capture(handle, List.of(captures)));
    }

    Capture used(String id, String sandbox, String amount) {
        return new Capture(id, ACME, sandbox, money(amount), clock.instant());
    }

    Money release(String id, String sandbox) {
        return database.transaction(handle -> ledger.release(handle, id, sandbox, "ended"));
    }

    void correct(String id, @Nullable String sandbox, String amount) {
        database.write(handle -> ledger.correct(handle, id, ACME, sandbox, money(amount), "a mistake"));
    }

    Balance balance() {
        return ledger.balance(ACME);
    }

    Money left(String grant) {
        return ledger.grants(ACME).stream()
                .filter(it -> it.id().equals(grant))
                .findFirst()
                .orElseThrow()
                .remaining();
    }

    void assertCredits(String balance, String held, String consumed, String expired) {
        var now = balance();
        assertThat(List.of(now.balance(), now.held(), now.consumed(), now.expired()))
                .as("balance, held, consumed, expired")
                .containsExactly(money(balance), money(held), money(consumed), money(expired));
    }

    static void assertFails(ErrorCode code, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    /** Returns everything in the ledger's tables, to check that a command has changed nothing. */
    String rows() {
        return LedgerAudit.of(database).toString();
    }
}
