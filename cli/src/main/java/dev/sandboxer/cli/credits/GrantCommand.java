package dev.sandboxer.cli.credits;

import dev.sandboxer.cli.command.Amounts;
import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.Balance;
import dev.sandboxer.payments.ledger.CommandId;
import dev.sandboxer.payments.ledger.Grant;
import dev.sandboxer.profiles.Spelling;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code credits grant}: gives credits to a consumer. */
final class GrantCommand extends Command {
    private final Supplier<String> name = syntax.argument("CONSUMER", "Name of the consumer.");
    private final Supplier<Money> amount = syntax.argument("AMOUNT", "Amount to give, e.g. 12.50.", Amounts::parse);
    private final Supplier<Boolean> free = syntax.flag("--free", "Give it for free: the bill shows no purchase.");
    private final Supplier<Integer> priority = syntax.option(
            "--priority", "N", "Grants of the lowest priority are used first (default: 0).", "0", GrantCommand::number);
    private final Supplier<@Nullable Expiry> expires = syntax.option(
            "--expires",
            "WHEN",
            "Expire after this time, e.g. 90d, or at the start of this day in UTC, e.g. 2027-01-31.",
            Expiry::parse);
    private final Supplier<@Nullable String> note =
            syntax.option("--note", "TEXT", "Reason, shown with the grant.", CommandId::requireNote);
    private final Supplier<@Nullable String> id =
            syntax.option("--id", "ID", "Id; each id takes effect only once (default: random).", CommandId::require);

    GrantCommand(Context context) {
        super(context, "Give credits to a consumer.");
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw invalid(Spelling.quoted(text) + " is not a whole number");
        }
    }

    @Override
    public Integer call() {
        var expiry = expires.get();
        var expiresAt = expiry == null ? null : expiry.from(sandboxer().clock().instant());
        var consumer = sandboxer().consumers().get(name.get()).id();
        var given = Objects.requireNonNullElseGet(id.get(), CommandId::random);
        var ledger = sandboxer().ledger();
        boolean isKnown =
                ledger.grants(consumer).stream().anyMatch(grant -> grant.id().equals(given));
        ledger.grant(new Grant.Request(
                given,
                consumer,
                free.get() ? Grant.Kind.FREE : Grant.Kind.PAID,
                amount.get(),
                priority.get(),
                expiresAt,
                Objects.requireNonNullElse(note.get(), "")));
        var balance = ledger.balance(consumer);
        console.print((isKnown ? "granted before: " : "granted ") + amount.get() + " to " + consumer + ", id " + given
                + (expiresAt == null ? "" : ", until " + expiresAt));
        console.print(
                "balance " + balance.balance() + (balance.held().isZero() ? "" : ", and " + balance.held() + " held"));
        remark(balance);
        return 0;
    }

    private void remark(Balance balance) {
        if (balance.terms().limit() == null) {
            var who = balance.consumer();
            console.note((who.equals(Consumers.LOCAL) ? who + " (you)" : who)
                    + " has no credit limit, so it can spend more than this; to prevent that, run:"
                    + " sandboxer credits set " + who + " --limit 0");
        } else if (balance.balance().isNegative()) {
            console.note(balance.consumer() + " owes more than this; it can spend again once its balance is above "
                    + balance.terms().limit().negated());
        }
    }

    /**
     * The time when credits expire.
     *
     * @param after time from now; null = at {@code at}
     */
    private record Expiry(@Nullable Duration after, Instant at) {
        static Expiry parse(String text) {
            try {
                if (text.indexOf('T') > 0) {
                    return new Expiry(null, Instant.parse(text));
                }
                if (text.indexOf('-') > 0) {
                    return new Expiry(
                            null,
                            LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant());
                }
            } catch (DateTimeException e) {
                throw invalid(Spelling.quoted(text) + " is not a day (examples: 90d, 2027-01-31)");
            }
            return new Expiry(Durations.parsePositive(text), Instant.MAX);
        }

        Instant from(Instant now) {
            return after == null ? at : now.plus(after).truncatedTo(ChronoUnit.SECONDS);
        }
    }

    private static SandboxException invalid(String message) {
        return new SandboxException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
