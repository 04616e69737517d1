package dev.sandboxer.lifecycle.state;

import dev.sandboxer.routing.Account;
import dev.sandboxer.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** How busy accounts are, for all servers. */
public final class AccountStore {
    private final Database database;

    public AccountStore(Database database) {
        this.database = database;
    }

    /**
     * Takes the account's next turn, unless it is too late.
     *
     * @param interval between two turns
     * @param latest when the turn is wanted at the latest
     * @return when it is; empty when nothing was taken
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

    /** How many sandboxes of an account, without that one, run or are made; nobody else begins one before this transaction ends. */
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

    /** An update that changes nothing, since it locks the row in every database. */
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
