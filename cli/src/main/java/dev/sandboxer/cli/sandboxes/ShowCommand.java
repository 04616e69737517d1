package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.config.Cpus;
import dev.sandboxer.config.Sizes;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.util.List;
import java.util.function.Supplier;

public final class ShowCommand extends ExistingSandboxCommand {
    private final Supplier<String> id = syntax.argument("SANDBOX", "Its id, or the beginning of it.");
    private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

    public ShowCommand(Context context) {
        super(context, "Show everything known about a sandbox.");
    }

    @Override
    public Integer call() {
        var sandbox = sandbox(id.get());
        var attempts = sandboxer().sandboxes().attempts(sandbox);
        if (json.get()) {
            console.print(JsonOutput.text(new SandboxView.Detail(
                    SandboxView.of(sandbox),
                    attempts.stream().map(SandboxView.AttemptView::of).toList())));
        } else {
            print(sandbox, attempts);
        }
        return 0;
    }

    private void print(Sandbox sandbox, List<Attempt> attempts) {
        var view = SandboxView.of(sandbox);
        line("id", view.id());
        line("consumer", view.consumer());
        line("profile", view.profile());
        line("state", view.state() + (view.reason() == null ? "" : " (" + view.reason() + ")"));
        line("on", view.extension());
        line("credential", sandbox.receipt() == null ? null : sandbox.receipt().text());
        line(
                "size",
                Cpus.format(view.cpuMillis()) + " CPU, " + Sizes.formatMiB(view.memoryMiB()) + " memory, "
                        + Sizes.formatMiB(view.diskMiB()) + " disk"
                        + (view.gpu() == null ? "" : ", GPU " + view.gpu()));
        line("region", view.region());
        line("created", view.createdAt());
        line("started", view.startedAt());
        line(sandbox.state().ended() ? "deadline" : "ends", view.deadline());
        line("ended", view.endedAt());
        view.metadata().forEach((name, value) -> line("metadata", name + "=" + value));
        if (view.route() != null) {
            view.route().forEach(said -> line("route", said));
        }
        attempts.forEach(this::line);
    }

    /** What came of an attempt, and how long that took. */
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

    private void line(String name, @org.jspecify.annotations.Nullable Object value) {
        if (value != null) {
            console.print(String.format("%-10s %s", name, Console.printable(value.toString())));
        }
    }
}
