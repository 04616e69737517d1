package dev.sandboxer.cli.setup;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.sandboxes.create.CreateOptions;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Paragraph;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.routing.EstimateView;
import dev.sandboxer.routing.EstimateView.CandidateView;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class EstimateCommand extends Command {
    private final CreateOptions sandbox = new CreateOptions(
            syntax, syntax.optionalArgument("PROFILE", "Name of the profile (default: the consumer's default)."));
    private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

    public EstimateCommand(Context context) {
        super(context, "Show what a sandbox would cost and who could pay for it. Creates nothing.");
    }

    @Override
    public Integer call() {
        var request = sandbox.request(sandboxer(), console, Map.of(), null);
        sandboxer().consumers().requireEnabled(request.consumer());
        var requirements = request.requirements();
        var route = sandboxer().router().explain(request.profile(), requirements);
        var available = sandboxer().ledger().balance(request.consumer()).available();
        var view = EstimateView.of(
                route,
                request.consumer(),
                available,
                requirements.maxCost(),
                sandboxer().prices());
        if (json.get()) {
            console.print(JsonOutput.text(view));
        } else {
            print(view);
        }
        return 0;
    }

    /** Prints the table, and below it the reasons, which may be long. */
    private void print(EstimateView view) {
        var table = new Table("EXTENSION", "PER HOUR", "COST", "HELD", "BACKEND PAID BY", "CAN PAY");
        for (CandidateView candidate : view.candidates()) {
            table.row(
                    candidate.extension(),
                    amount(candidate.pricePerHour()),
                    amount(candidate.cost()),
                    amount(candidate.held()),
                    Objects.requireNonNullElse(candidate.payer(), "-"),
                    canPay(candidate.affordableMs(), view.ttlMs()));
        }
        table.print(console);
        console.print("");
        for (CandidateView candidate : view.candidates()) {
            var code = candidate.code() == null ? "" : candidate.code() + ", ";
            Paragraph.print(console, candidate.extension() + ": " + code + candidate.reason());
        }
        console.print("");
        console.print("Cost: of " + time(view.ttlMs()) + ", in " + view.currency() + ".");
        console.print("Available to " + view.consumer() + ": "
                + (view.available() == null
                        ? "no limit"
                        : view.available().max(BigDecimal.ZERO).toPlainString()));
        console.print("Chosen: " + Objects.requireNonNullElse(view.chosen(), "none"));
    }

    private static String canPay(@Nullable Long affordableMs, long wantedMs) {
        if (affordableMs == null) {
            return "-";
        }
        if (affordableMs == 0 && wantedMs > 0) {
            return "no";
        }
        return affordableMs < wantedMs ? "for " + time(affordableMs / 1000 * 1000) : "yes";
    }

    private static String time(long millis) {
        return Durations.format(Duration.ofMillis(millis));
    }

    private static String amount(@Nullable BigDecimal amount) {
        return amount == null ? "-" : amount.toPlainString();
    }
}
