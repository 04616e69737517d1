package dev.sandboxer.cli.credits;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.consumers.Consumer;
import dev.sandboxer.payments.ledger.Balance;
import dev.sandboxer.payments.ledger.CreditsView;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code credits balance}: shows what consumers can spend. */
final class BalanceCommand extends Command {
    private final Supplier<@Nullable String> name =
            syntax.optionalArgument("CONSUMER", "Name of the consumer (default: all consumers).");
    private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

    BalanceCommand(Context context) {
        super(context, "Show what consumers can spend and how they pay.");
    }

    @Override
    public Integer call() {
        var one = name.get();
        if (one == null) {
            all();
        } else {
            show(sandboxer().ledger().balance(sandboxer().consumers().get(one).id()));
        }
        return 0;
    }

    private void show(Balance balance) {
        if (json.get()) {
            console.print(JsonOutput.text(view(balance)));
        } else {
            BalanceText.of(balance).lines().forEach(console::print);
        }
    }

    private CreditsView view(Balance balance) {
        return CreditsView.of(balance, sandboxer().rates().cards().currency());
    }

    private void all() {
        var ledger = sandboxer().ledger();
        var names = new TreeSet<>(ledger.consumers());
        sandboxer().consumers().list().stream().map(Consumer::id).forEach(names::add);
        var balances = names.stream().map(ledger::balance).toList();
        if (json.get()) {
            console.print(JsonOutput.text(balances.stream().map(this::view).toList()));
            return;
        }
        var table = new Table("CONSUMER", "AVAILABLE", "BALANCE", "HELD", "CONSUMED", "BUDGET");
        for (Balance balance : balances) {
            var budget = balance.terms().budget();
            table.row(
                    balance.consumer(),
                    BalanceText.of(balance).available(),
                    balance.balance().toString(),
                    balance.held().toString(),
                    balance.consumed().toString(),
                    budget == null ? "-" : budget.text());
        }
        table.print(console);
    }
}
