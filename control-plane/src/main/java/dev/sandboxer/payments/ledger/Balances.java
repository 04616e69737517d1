package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import dev.sandboxer.store.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Computes balances. Thread-safe. */
final class Balances {
    private final Database database;
    private final AccountStore accounts;
    private final InstantSource clock;

    Balances(Database database, AccountStore accounts, InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.clock = clock;
    }

    Balance of(String consumer) {
        return database.read(handle -> of(handle, consumer));
    }

    Balance of(Handle handle, String consumer) {
        return accounts.find(handle, consumer, now())
                .map(account -> of(handle, account))
                .orElseGet(() -> Balance.empty(consumer, CreditTerms.defaultsOf(consumer)));
    }

    Balance of(Handle handle, CreditAccount account) {
        var totals = account.totals();
        var budget = account.terms().budget();
        var spent = budget == null
                ? Money.ZERO
                : accounts.spent(
                        handle, account.consumer(), budget.period().begin(now()).toEpochDay());
        return new Balance(
                account.consumer(),
                account.terms(),
                new Money(totals.granted()),
                account.balance(),
                new Money(totals.held()),
                new Money(totals.consumed()),
                new Money(totals.expired()),
                spent);
    }

    /** Returns the balances that have fallen below {@link CreditTerms#warnBelow} since any process last called this method. */
    List<Balance> newlyLow() {
        var low = new ArrayList<Balance>();
        accounts.warned().forEach((consumer, warned) -> {
            var balance = of(consumer);
            boolean isLow = isLow(balance);
            if (isLow != warned
                    && database.transaction(handle -> accounts.setWarned(handle, consumer, isLow, now()))
                    && isLow) {
                low.add(balance);
            }
        });
        return low;
    }

    private static boolean isLow(Balance balance) {
        var available = balance.available();
        var mark = balance.terms().warnBelow();
        return available != null && mark != null && available.compareTo(mark) < 0;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
