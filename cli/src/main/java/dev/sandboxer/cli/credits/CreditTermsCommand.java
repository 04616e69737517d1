package dev.sandboxer.cli.credits;

import dev.sandboxer.cli.command.Amounts;
import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.Budget;
import dev.sandboxer.payments.ledger.CreditTerms;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code credits set}: changes how a consumer pays, in what is named. */
final class CreditTermsCommand extends Command {
    private static final String LIFT = "none";

    private final Supplier<String> name = syntax.argument("CONSUMER", "Its name.");
    private final Supplier<@Nullable Setting<Money>> limit =
            option("--limit", "AMOUNT", "How far below zero its balance may go; 0 is prepaid.", Amounts::parse);
    private final Supplier<@Nullable Setting<Money>> warnBelow =
            option("--warn-below", "AMOUNT", "A server warns when less is available.", Amounts::parse);
    private final Supplier<@Nullable Setting<Budget>> budget = option(
            "--budget", "AMOUNT/PERIOD", "The most it may spend, e.g. 5/day or 100/month.", Amounts::parseBudget);

    /**
     * The value of an option that is given.
     *
     * @param value null = there shall be none
     */
    private record Setting<T>(@Nullable T value) {}

    CreditTermsCommand(Context context) {
        super(context, "Change how a consumer pays. What is held for its sandboxes stays held.");
        syntax.footer("The value none lifts what was set: a limit of none is credit without end.");
    }

    private <T> Supplier<@Nullable Setting<T>> option(
            String name, String label, String about, Function<String, T> parse) {
        return syntax.option(name, label, about, text -> new Setting<T>(text.equals(LIFT) ? null : parse.apply(text)));
    }

    @Override
    public Integer call() {
        if (limit.get() == null && warnBelow.get() == null && budget.get() == null) {
            throw syntax.usageError("there is nothing to set; name one, such as --limit 0");
        }
        var consumer = sandboxer().consumers().get(name.get()).id();
        sandboxer().ledger().changeTerms(consumer, this::changed);
        BalanceText.of(sandboxer().ledger().balance(consumer)).terms().forEach(console::print);
        return 0;
    }

    private CreditTerms changed(CreditTerms terms) {
        var changed = terms;
        if (limit.get() != null) {
            changed = changed.withLimit(limit.get().value());
        }
        if (warnBelow.get() != null) {
            changed = changed.withWarnBelow(warnBelow.get().value());
        }
        if (budget.get() != null) {
            changed = changed.withBudget(budget.get().value());
        }
        return changed;
    }
}
