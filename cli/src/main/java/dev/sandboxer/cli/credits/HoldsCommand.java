package dev.sandboxer.cli.credits;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.payments.ledger.Hold;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code credits holds}: lists the credits that are held for sandboxes. */
final class HoldsCommand extends Command {
    private final Supplier<@Nullable String> name =
            syntax.option("--consumer", "NAME", "Holds of this consumer (default: all consumers).");
    private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

    HoldsCommand(Context context) {
        super(context, "List the credits held for sandboxes, oldest first. Times are in UTC.");
    }

    /**
     * A hold as JSON.
     *
     * @param held amount that can still be captured
     * @param captured amount captured for the sandbox so far
     * @param expiresAt when the hold is released, even if the sandbox has not ended
     */
    private record View(
            String sandbox,
            String consumer,
            BigDecimal held,
            BigDecimal captured,
            Instant openedAt,
            Instant expiresAt) {
        static View of(Hold hold) {
            return new View(
                    hold.sandbox(),
                    hold.consumer(),
                    hold.remaining().amount(),
                    hold.captured().amount(),
                    hold.openedAt(),
                    hold.expiresAt());
        }
    }

    @Override
    public Integer call() {
        var one = name.get();
        var consumer = one == null ? null : sandboxer().consumers().get(one).id();
        var holds = sandboxer().ledger().openHolds(consumer);
        if (json.get()) {
            console.print(JsonOutput.text(holds.stream().map(View::of).toList()));
            return 0;
        }
        var table = new Table("SANDBOX", "CONSUMER", "HELD", "CAPTURED", "SINCE");
        for (Hold hold : holds) {
            table.row(
                    hold.sandbox(),
                    hold.consumer(),
                    hold.remaining().toString(),
                    hold.captured().toString(),
                    LedgerCommand.time(hold.openedAt()));
        }
        table.print(console);
        return 0;
    }
}
