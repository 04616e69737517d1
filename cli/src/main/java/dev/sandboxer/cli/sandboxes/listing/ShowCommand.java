package dev.sandboxer.cli.sandboxes.listing;

import dev.sandboxer.charging.SandboxCharges;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import dev.sandboxer.cli.sandboxes.network.NetworkView;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.config.units.Cpus;
import dev.sandboxer.config.units.Sizes;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.names.SandboxNames;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class ShowCommand extends ExistingSandboxCommand {
    private final Supplier<String> id = syntax.argument("SANDBOX", "Name, id or id prefix.");
    private final Supplier<Boolean> counted =
            syntax.flag("--counted", "Also ask its backend for the usage that it has counted.");
    private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

    public ShowCommand(Context context) {
        super(context, "Show everything known about a sandbox.");
    }

    @Override
    public Integer call() {
        var sandbox = sandbox(id.get());
        var attempts = sandboxer().sandboxes().attempts(sandbox);
        sandboxer().sandboxes().readNetwork(); // for its cost
        var charges = sandboxer().charges().of(sandbox);
        var usage = counted.get()
                ? CountedView.of(sandboxer().sandboxes().counted(sandbox).orElse(null))
                : null;
        if (json.get()) {
            console.print(JsonOutput.text(new SandboxView.Detail(
                    SandboxView.of(sandbox),
                    charges,
                    usage,
                    NetworkView.of(sandboxer(), sandbox),
                    attempts.stream().map(SandboxView.AttemptView::of).toList())));
        } else {
            print(sandbox, charges, attempts);
            if (counted.get()) {
                line("counted", usage == null ? "not reported" : usage.text());
            }
        }
        return 0;
    }

    private void print(Sandbox sandbox, SandboxCharges.@Nullable View charges, List<Attempt> attempts) {
        var view = SandboxView.of(sandbox);
        line("id", view.id());
        line("name", view.name());
        line("consumer", view.consumer());
        line("profile", view.profile());
        line("state", view.state() + (view.reason() == null ? "" : " (" + view.reason() + ")"));
        line("command", view.command());
        line("exit code", view.exitCode());
        line("on", view.extension());
        line("credential", sandbox.receipt() == null ? null : sandbox.receipt().text());
        line(
                "size",
                Cpus.format(view.cpuMillis()) + " CPU, " + Sizes.formatMiB(view.memoryMiB()) + " memory, "
                        + Sizes.formatMiB(view.diskMiB()) + " disk"
                        + (view.gpu() == null ? "" : ", GPU " + view.gpu()));
        outOfMemory(sandbox);
        line("network", NetworkView.of(sandboxer(), sandbox).text());
        line("region", view.region());
        line("created", view.createdAt());
        line("started", view.startedAt());
        line(sandbox.state().ended() ? "deadline" : "ends", view.deadline());
        line("ended", view.endedAt());
        if (charges != null) {
            print(charges, sandbox.consumer());
        }
        view.metadata().forEach((name, value) -> {
            if (!name.equals(SandboxNames.NAME)) {
                line("metadata", name + "=" + value);
            }
        });
        if (view.route() != null) {
            view.route().forEach(said -> line("route", said));
        }
        attempts.forEach(this::line);
    }

    private void outOfMemory(Sandbox sandbox) {
        var kills = sandboxer().sandboxes().outOfMemoryKills(sandbox);
        if (kills > 0) {
            line("memory", "was used up: " + kills + (kills == 1 ? " process was" : " processes were") + " killed");
        }
    }

    private void print(SandboxCharges.View charges, String consumer) {
        line("wanted", charges.wantedUntil() == null ? null : charges.wantedUntil() + ", but the credit ends earlier");
        line("cost", cost(charges));
        line(
                "held",
                charges.held().signum() == 0 ? null : charges.held().toPlainString() + " for the rest of its time");
        line("at most", charges.maxCost() == null ? null : charges.maxCost().toPlainString());
        line("prices", charges.priceList());
        line(
                "paid by",
                switch (charges.payer()) {
                    case "owner" -> consumer + ", billed by the backend" + backendCost(charges);
                    case "platform" -> "the platform, which bills " + consumer;
                    default -> null;
                });
    }

    private static String cost(SandboxCharges.View charges) {
        var cost = charges.cost();
        if (cost == null) {
            return "unknown, there is no price list";
        }
        return charges.priceList() == null && cost.signum() == 0 ? "free" : cost.toPlainString();
    }

    private static String backendCost(SandboxCharges.View charges) {
        var cost = charges.backendCost();
        return cost == null ? "" : ", " + cost.toPlainString() + " by its price list";
    }

    /** Prints the outcome and duration of an attempt. */
    private void line(Attempt attempt) {
        var view = SandboxView.AttemptView.of(attempt);
        var text = new StringBuilder(view.extension())
                .append(' ')
                .append(view.outcome() == null ? "unknown" : view.outcome());
        if (view.tookMs() != null) {
            text.append(" in ").append(view.tookMs()).append(" ms");
        }
        if (view.failure() != null) {
            text.append(" (").append(view.failure()).append(')');
        }
        if (attempt.receipt() != null) {
            text.append(", with ").append(attempt.receipt().text());
        }
        if (view.message() != null) {
            text.append(": ").append(view.message());
        }
        line("attempt " + attempt.number(), text);
    }

    private void line(String name, @Nullable Object value) {
        if (value != null) {
            console.print(String.format("%-10s %s", name, Console.printable(value.toString())));
        }
    }
}
