package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

public final class LsCommand extends ExistingSandboxCommand {
    private final Supplier<Boolean> all = syntax.flag("-a, --all", "Those that have ended too.");
    private final Supplier<Boolean> quiet = syntax.flag("-q, --quiet", "Ids only.");
    private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");
    private final Supplier<Boolean> allConsumers = syntax.flag("--all-consumers", "Everybody's.");

    public LsCommand(Context context) {
        super(context, "List sandboxes, newest first.");
    }

    @Override
    public Integer call() {
        if (allConsumers.get() && syntax.isGiven("--consumer")) {
            throw syntax.usageError("name a consumer, or say --all-consumers");
        }
        var whose = allConsumers.get() ? null : consumer();
        settle();
        var found = sandboxer().sandboxes().list(whose, all.get());
        if (json.get()) {
            console.print(JsonOutput.text(found.stream().map(SandboxView::of).toList()));
        } else if (quiet.get()) {
            found.forEach(sandbox -> console.print(sandbox.id().value()));
        } else {
            table(found).print(console);
        }
        return 0;
    }

    private Table table(List<Sandbox> found) {
        var now = Instant.now();
        var whose = allConsumers.get() ? List.of("CONSUMER") : List.<String>of();
        var table = new Table(row("ID", whose, "PROFILE", "ON", "STATE", "CREATED", "EXPIRES"));
        for (var sandbox : found) {
            table.row(row(
                    sandbox.id().value(),
                    allConsumers.get() ? List.of(sandbox.consumer()) : List.of(),
                    sandbox.profile().value(),
                    sandbox.extension() == null ? "-" : sandbox.extension().value(),
                    state(sandbox),
                    Table.roughly(Duration.between(sandbox.createdAt(), now)) + " ago",
                    sandbox.state().ended() ? "-" : "in " + Table.roughly(Duration.between(now, sandbox.deadline()))));
        }
        return table;
    }

    private static String state(Sandbox sandbox) {
        var state = sandbox.state().text();
        var reason = sandbox.reason() == null ? state : sandbox.reason().text();
        return reason.equals(state) ? state : state + " (" + reason + ")";
    }

    private static String[] row(String id, List<String> consumer, String... others) {
        var cells = new ArrayList<>(List.of(id));
        cells.addAll(consumer);
        cells.addAll(List.of(others));
        return cells.toArray(String[]::new);
    }

    /** Asks the backends that are free to ask, so that the list is right after a reboot too. */
    private void settle() {
        var free = sandboxer().extensions().all().stream()
                .filter(extension -> !extension.metered())
                .toList();
        for (var settled : sandboxer().sandboxes().repair().reconcile(free)) {
            console.note("sandbox " + settled.sandbox() + ": " + settled.text());
        }
    }
}
