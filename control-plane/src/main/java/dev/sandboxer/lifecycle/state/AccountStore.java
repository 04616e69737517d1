package dev.sandboxer.lifecycle.state;

import dev.sandboxer.routing.Account;
import dev.sandboxer.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Stores when each account may create its next sandbox, and counts its sandboxes. All servers share this data. */
public final class AccountStore {
    private final Database database;

    public AccountStore(Database database) {
        this.database = database;
    }

    /**
     * Takes the account's next turn, unless that is later than {@code latest}.
     *
     * @param interval time between two turns
     * @return when the turn is; empty when none was taken
     */
    public Optional<Instant> takeTurn(Account account, Duration interval, Instant now, Instant latest) {
        return database.transaction(handle -> {
            lock(handle, account);
            var turn = Math.max(next(handle, account), micros(now));
            if (turn > micros(latest)) {
                return Optional.empty();
            }
            handle.execute(
                    "UPDATE account_pace SET next_at = ? WHERE extension = ? AND credential = ?",
                    turn + interval.toNanos() / 1000,
                    account.extension().value(),
                    credential(account));
            return Optional.of(Instant.EPOCH.plus(turn, ChronoUnit.MICROS));
        });
    }

    /**
     * Counts the sandboxes of an account that run, are being created or are ending, except one. Locks the account until the transaction
     * ends, so that no other creation begins in it.
     */
    public int busy(Handle handle, Account account, SandboxId without) {
        lock(handle, account);
        return handle.createQuery(
                        "SELECT count(*) FROM sandboxes WHERE state IN ('PROVISIONING', 'RUNNING', 'STOPPING')"
                                + " AND extension = :extension AND coalesce(credential, '') = :credential AND id <> :id")
                .bind("extension", account.extension().value())
                .bind("credential", credential(account))
                .bind("id", without.value())
                .mapTo(Integer.class)
                .one();
    }

    /** Locks the account's row with an update that changes nothing, which works in every database. */
    private static void lock(Handle handle, Account account) {
        handle.execute(
                "INSERT INTO account_pace (extension, credential, next_at) VALUES (?, ?, 0)"
                        + " ON CONFLICT (extension, credential) DO UPDATE SET next_at = account_pace.next_at",
                account.extension().value(),
                credential(account));
    }

    private static long next(Handle handle, Account account) {
        return handle.createQuery(
                        "SELECT next_at FROM account_pace WHERE extension = :extension AND credential = :credential")
                .bind("extension", account.extension().value())
                .bind("credential", credential(account))
                .mapTo(Long.class)
                .one();
    }

    private static String credential(Account account) {
        return account.credential() == null ? "" : account.credential().value();
    }

    private static long micros(Instant at) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, at);
    }
}
