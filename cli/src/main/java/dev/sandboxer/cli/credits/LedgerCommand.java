package dev.sandboxer.cli.credits;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.config.units.Counts;
import dev.sandboxer.payments.ledger.LedgerTransaction;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code credits ledger}: lists the transactions of a consumer. */
final class LedgerCommand extends Command {
    private static final int DAY_LENGTH = 10;

    private final Supplier<String> name = syntax.argument("CONSUMER", "Name of the consumer.");
    private final Supplier<Integer> most =
            syntax.option("--most", "N", "Maximum number to list (default: 50).", "50", Counts::parse);
    private final Supplier<Boolean> json =
            syntax.flag("--json", "Print JSON, with the accounts that amounts moved between.");

    LedgerCommand(Context context) {
        super(context, "List the transactions of a consumer's credits, newest first. Times are in UTC.");
    }

    /**
     * A transaction as JSON.
     *
     * @param sandbox null = it concerns no sandbox
     * @param amount the amount that moved; for a hold, the amount that it holds afterwards
     */
    private record View(
            String id,
            String kind,
            @Nullable String sandbox,
            BigDecimal amount,
            Instant at,
            String note,
            List<Entry> entries) {
        static View of(LedgerTransaction transaction) {
            return new View(
                    transaction.id(),
                    transaction.kind().text(),
                    transaction.sandbox(),
                    transaction.amount().amount(),
                    transaction.at(),
                    transaction.note(),
                    transaction.entries().stream()
                            .map(entry -> new Entry(
                                    entry.debit(),
                                    entry.credit(),
                                    entry.amount().amount()))
                            .toList());
        }
    }

    /** An amount that moved between two accounts. */
    private record Entry(String debit, String credit, BigDecimal amount) {}

    @Override
    public Integer call() {
        var consumer = sandboxer().consumers().get(name.get()).id();
        var transactions = sandboxer().ledger().transactions(consumer, most.get());
        if (json.get()) {
            console.print(JsonOutput.text(transactions.stream().map(View::of).toList()));
            return 0;
        }
        var table = new Table("AT", "KIND", "SANDBOX", "AMOUNT", "NOTE");
        for (LedgerTransaction transaction : transactions) {
            table.row(
                    time(transaction.at()),
                    transaction.kind().text(),
                    transaction.sandbox() == null ? "-" : transaction.sandbox(),
                    transaction.amount().toString(),
                    transaction.note());
        }
        table.printCut(console);
        return 0;
    }

    /** Formats a time in UTC, such as {@code 2026-12-24 18:00:00}. */
    static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString().replace('T', ' ').replace("Z", "");
    }

    /** Formats a day in UTC, such as {@code 2026-12-24}. */
    static String day(Instant at) {
        return at.toString().substring(0, DAY_LENGTH);
    }
}
