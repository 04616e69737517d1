package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.lifecycle.BackendListing;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class LsCommand extends ExistingSandboxCommand {
    private final Supplier<Boolean> all = syntax.flag("-a, --all", "Those that have ended too.");
    private final Supplier<Boolean> quiet = syntax.flag("-q, --quiet", "Ids only.");
    private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");
    private final Supplier<Boolean> allConsumers = syntax.flag("--all-consumers", "Everybody's.");

    private final Supplier<@Nullable ExtensionId> at = syntax.option(
            "--at", "EXTENSION", "What its accounts say they have of this installation.", ExtensionId::new);

    public LsCommand(Context context) {
        super(context, "List sandboxes, newest first.");
    }

    @Override
    public Integer call() {
        var extension = at.get();
        if (extension != null) {
            listAt(extension);
            return 0;
        }
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

    /** A sandbox as its backend tells it, as JSON. */
    record BackendView(
            String ref,
            String sandbox,
            int attempt,
            @Nullable String credential,
            String state,
            Instant createdAt,
            Instant deadline) {
        static BackendView of(BackendListing.Entry entry) {
            var found = entry.sandbox();
            return new BackendView(
                    found.ref().value(),
                    found.tag().sandbox(),
                    found.tag().attempt(),
                    entry.credential() == null ? null : entry.credential().value(),
                    found.paused() ? "paused" : "running",
                    found.createdAt(),
                    found.deadline());
        }
    }

    private void listAt(ExtensionId extension) {
        if (all.get() || allConsumers.get() || syntax.isGiven("--consumer")) {
            throw syntax.usageError("--at lists what the accounts have, whosever it is and whatever is known of it");
        }
        var views = sandboxer()
                .sandboxes()
                .backendListing()
                .of(sandboxer().extensions().get(extension))
                .stream()
                .map(BackendView::of)
                .toList();
        if (json.get()) {
            console.print(JsonOutput.text(views));
        } else if (quiet.get()) {
            views.forEach(view -> console.print(view.ref()));
        } else {
            var now = Instant.now();
            var table = new Table("THERE", "HERE", "CREDENTIAL", "STATE", "EXPIRES");
            views.forEach(view -> table.row(
                    view.ref(),
                    view.sandbox(),
                    view.credential() == null ? "-" : view.credential(),
                    view.state(),
                    "in " + Table.roughly(Duration.between(now, view.deadline()))));
            table.print(console);
        }
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
