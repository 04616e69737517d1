package dev.sandboxer.payments.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.payments.Money;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;
import org.jdbi.v3.core.Handle;

/** The consumer for whom all threads of a {@link LedgerHistory} give commands at the same time. */
final class SharedConsumer {
    static final String NAME = "shared";
    private static final long LIMIT = 40;

    private SharedConsumer() {}

    static void setLimit(Ledger ledger) {
        ledger.changeTerms(NAME, terms -> terms.withLimit(new Money(LIMIT)));
    }

    /**
     * Returns a random command.
     *
     * @param common true if other threads give the same command too
     * @param content decides what the command is
     */
    static LedgerCommand command(String id, boolean common, SplittableRandom content, InstantSource clock) {
        var sandbox = NAME + content.nextInt(3);
        var amount = new Money(content.nextInt(1, 50));
        var correction = content.nextBoolean() ? amount : amount.negated();
        return switch (content.nextInt(8)) {
            case 0 ->
                (ledger, database) -> ledger.grant(new Grant.Request(
                        id, NAME, Grant.Kind.PAID, amount, 0, LedgerServers.START.plusSeconds(50_000), ""));
            case 1, 2 -> LedgerCommand.inTransaction((handle, ledger) -> ledger.release(handle, id, sandbox, ""));
            case 3 ->
                LedgerCommand.inTransaction((handle, ledger) ->
                        ledger.capture(handle, List.of(new Capture(id, NAME, sandbox, amount, LedgerServers.START))));
            case 4 ->
                LedgerCommand.inTransaction(
                        (handle, ledger) -> ledger.correct(handle, id, NAME, sandbox, correction, ""));
            default ->
                LedgerCommand.inTransaction((handle, ledger) -> {
                    boolean isKnown = number(handle, "SELECT count(*) FROM ledger_transactions WHERE id = ?", id) > 0;
                    ledger.hold(
                            handle, id, NAME, sandbox, amount, clock.instant().plusSeconds(1 + amount.nanos() * 90));
                    // a repeated hold is skipped: others may have captured beyond the limit since
                    if (!common && !isKnown) {
                        requireLimit(handle, id);
                    }
                });
        };
    }

    /** Fails if the hold exceeds the limit. The account is locked. */
    private static void requireLimit(Handle handle, String id) {
        long added =
                number(handle, "SELECT count(*) FROM ledger_entries WHERE transaction_id = ? AND credit = 'held'", id);
        long balance = number(handle, "SELECT coalesce(sum(remaining), 0) FROM grants WHERE consumer = ?", NAME)
                - number(handle, "SELECT overdraft FROM credit_accounts WHERE consumer = ?", NAME);
        if (added > 0) {
            assertThat(balance).as("after hold %s", id).isGreaterThanOrEqualTo(-LIMIT);
        }
    }

    private static long number(Handle handle, String sql, String argument) {
        return handle.createQuery(sql).bind(0, argument).mapTo(Long.class).one();
    }
}
