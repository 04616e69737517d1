package dev.sandboxer.cli.credits;

import dev.sandboxer.cli.command.Amounts;
import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.Setting;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.Budget;
import dev.sandboxer.payments.ledger.CreditTerms;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code credits set}: changes how a consumer pays. Terms that the command doesn't name stay as they are. */
final class CreditTermsCommand extends Command {
    private final Supplier<String> name = syntax.argument("CONSUMER", "Name of the consumer.");
    private final Supplier<@Nullable Setting<Money>> limit =
            option("--limit", "AMOUNT", "How far its balance may go below zero; 0 = prepaid.", Amounts::parse);
    private final Supplier<@Nullable Setting<Money>> warnBelow =
            option("--warn-below", "AMOUNT", "Servers warn when less is available.", Amounts::parse);
    private final Supplier<@Nullable Setting<Budget>> budget =
            option("--budget", "AMOUNT/PERIOD", "Maximum spending, e.g. 5/day or 100/month.", Amounts::parseBudget);

    CreditTermsCommand(Context context) {
        super(context, "Change how a consumer pays. Existing holds stay.");
        syntax.footer("The value `none` lifts a term: `--limit none` is unlimited credit.");
    }

    private <T> Supplier<@Nullable Setting<T>> option(
            String name, String label, String about, Function<String, T> parse) {
        return syntax.option(name, label, about, text -> Setting.parse(text, parse));
    }

    @Override
    public Integer call() {
        if (limit.get() == null && warnBelow.get() == null && budget.get() == null) {
            throw syntax.usageError("nothing to set; name a term, such as --limit 0");
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
