package dev.sandboxer.cli.credits;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.payments.ledger.Grant;
import dev.sandboxer.payments.ledger.GrantView;
import java.util.function.Supplier;

/** {@code credits grants}: lists the grants of a consumer. */
final class GrantsCommand extends Command {
    private final Supplier<String> name = syntax.argument("CONSUMER", "Name of the consumer.");
    private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

    GrantsCommand(Context context) {
        super(context, "List a consumer's grants, in the order in which they are used.");
    }

    @Override
    public Integer call() {
        var consumer = sandboxer().consumers().get(name.get()).id();
        var grants = sandboxer().ledger().grants(consumer);
        if (json.get()) {
            console.print(JsonOutput.text(grants.stream().map(GrantView::of).toList()));
            return 0;
        }
        var table = new Table("ID", "KIND", "AMOUNT", "LEFT", "PRIORITY", "EXPIRES", "NOTE");
        for (Grant grant : grants) {
            table.row(
                    grant.id(),
                    grant.kind().text(),
                    grant.amount().toString(),
                    grant.remaining().toString(),
                    Integer.toString(grant.priority()),
                    grant.expiresAt() == null ? "never" : LedgerCommand.day(grant.expiresAt()),
                    grant.note());
        }
        table.printCut(console);
        return 0;
    }
}
