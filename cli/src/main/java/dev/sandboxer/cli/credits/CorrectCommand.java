package dev.sandboxer.cli.credits;

import dev.sandboxer.cli.command.Amounts;
import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.CommandId;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code credits correct}: corrects what a consumer was charged. */
final class CorrectCommand extends Command {
    private final Supplier<String> name = syntax.argument("CONSUMER", "Name of the consumer.");
    private final Supplier<Money> amount =
            syntax.argument("AMOUNT", "Above zero: give back. Below zero: charge more.", Amounts::parseSigned);
    private final Supplier<String> note = syntax.required("--note", "TEXT", "Reason, shown on the bill.");
    private final Supplier<@Nullable String> sandbox =
            syntax.option("--sandbox", "ID", "The sandbox that was charged wrongly.");
    private final Supplier<@Nullable String> id =
            syntax.option("--id", "ID", "Id; each id takes effect only once (default: random).", CommandId::require);

    CorrectCommand(Context context) {
        super(context, "Correct what a consumer was charged.");
        syntax.takeNegativeArguments();
    }

    @Override
    public Integer call() {
        var why = CommandId.requireNote(note.get());
        var consumer = sandboxer().consumers().get(name.get()).id();
        var wrong = sandbox.get();
        var charged = wrong == null
                ? null
                : sandboxer().sandboxes().get(consumer, wrong).id().value();
        var given = Objects.requireNonNullElseGet(id.get(), CommandId::random);
        sandboxer().ledger().correct(given, consumer, charged, amount.get(), why);
        var what = amount.get().isNegative()
                ? "took " + amount.get().negated() + " from "
                : "gave " + amount.get() + " back to ";
        console.print(what + consumer + ", id " + given + "; balance "
                + sandboxer().ledger().balance(consumer).balance());
        return 0;
    }
}
