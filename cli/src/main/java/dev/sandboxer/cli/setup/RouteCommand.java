package dev.sandboxer.cli.setup;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.sandboxes.create.CreateOptions;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Paragraph;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.routing.Route;
import dev.sandboxer.routing.RouteView;
import dev.sandboxer.routing.RouteView.CandidateView;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class RouteCommand extends Command {
    private final CreateOptions sandbox = new CreateOptions(
            syntax, syntax.optionalArgument("PROFILE", "Name of the profile (default: the consumer's default)."));
    private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

    public RouteCommand(Context context) {
        super(context, "Show where a profile would run, and why. Creates nothing.");
    }

    @Override
    public Integer call() {
        var request = sandbox.request(sandboxer(), console, Map.of(), null);
        sandboxer().consumers().requireEnabled(request.consumer());
        var route = sandboxer().router().explain(request.profile(), request.requirements());
        if (json.get()) {
            console.print(JsonOutput.text(RouteView.of(route)));
        } else {
            print(route);
        }
        return 0;
    }

    /** Prints the table, and below it the reasons, which may be long. */
    private void print(Route route) {
        var view = RouteView.of(route);
        var table = new Table("EXTENSION", "VERDICT", "PER HOUR", "WORST CASE", "OWNER", "CREDENTIAL");
        for (CandidateView candidate : view.candidates()) {
            var key = candidate.credential();
            table.row(
                    candidate.extension(),
                    candidate.verdict(),
                    amount(candidate.pricePerHour()),
                    amount(candidate.worstCase()),
                    key == null ? "-" : key.owner(),
                    key == null ? "-" : key.id());
        }
        table.print(console);
        console.print("");
        for (CandidateView candidate : view.candidates()) {
            var code = candidate.code() == null ? "" : candidate.code() + ", ";
            Paragraph.print(console, candidate.extension() + ": " + code + candidate.reason());
        }
        console.print("");
        console.print(
                switch (route.profile().policy()) {
                    case ORDER -> "Tried in this order.";
                    case CHEAPEST -> "Tried in this order, the cheapest first.";
                    case FASTEST -> "Tried in this order, the one that was fastest lately first.";
                });
        console.print("Worst case: all of its " + Durations.format(route.ttl()) + ".");
        console.print("Chosen: " + Objects.requireNonNullElse(view.chosen(), "none"));
    }

    private static String amount(@Nullable BigDecimal amount) {
        return amount == null ? "-" : amount.toPlainString();
    }
}
