package dev.sandboxer.cli.sandboxes.listing;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.lifecycle.BackendListing;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lists sandboxes. */
public class LsCommand extends ExistingSandboxCommand {
    private final Supplier<Boolean> all = syntax.flag("-a, --all", "Include sandboxes that have ended.");
    protected final Supplier<Boolean> quiet = syntax.flag("-q, --quiet", "Print ids only.");
    protected final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");
    private final Supplier<Boolean> allConsumers =
            syntax.flag("--all-consumers", "List the sandboxes of all consumers.");

    private final Supplier<@Nullable ExtensionId> at = syntax.option(
            "--at", "EXTENSION", "Ask this extension's accounts for this installation's sandboxes.", ExtensionId::new);

    private final Supplier<List<String>> filters = syntax.options(
            "--filter", "KEY=VALUE", "Only those with this state, reason, profile, on, name or metadata. Repeatable.");

    public LsCommand(Context context) {
        this(context, "List sandboxes, newest first.");
    }

    protected LsCommand(Context context, String about) {
        super(context, about);
    }

    @Override
    public Integer call() {
        var extension = at.get();
        if (extension != null) {
            listAt(extension);
            return 0;
        }
        if (allConsumers.get() && syntax.isGiven("--consumer")) {
            throw syntax.usageError("name a consumer, or add --all-consumers");
        }
        var conditions = filters.get().stream().map(SandboxFilter::parse).toList();
        var whose = allConsumers.get() ? null : consumer();
        settle();
        var found = sandboxer().sandboxes().list(whose, all.get()).stream()
                .filter(sandbox -> SandboxFilter.allMatch(conditions, sandbox))
                .toList();
        if (json.get()) {
            console.print(JsonOutput.text(found.stream().map(SandboxView::of).toList()));
        } else if (quiet.get()) {
            found.forEach(sandbox -> console.print(sandbox.id().value()));
        } else if (all.get()) {
            history(found).printCut(console);
        } else {
            table(found).print(console);
        }
        return 0;
    }

    /** A sandbox as its backend lists it, as JSON. */
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
        if (all.get() || allConsumers.get() || syntax.isGiven("--consumer") || syntax.isGiven("--filter")) {
            throw syntax.usageError(
                    "--at lists all sandboxes of this installation; use it without --all, --all-consumers, --consumer and --filter");
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
            var now = sandboxer().clock().instant();
            var table = new Table("HERE", "THERE", "CREDENTIAL", "STATE", "EXPIRES");
            views.forEach(view -> table.row(
                    view.sandbox(),
                    view.ref(),
                    view.credential() == null ? "-" : view.credential(),
                    view.state(),
                    "in " + Table.roughly(Duration.between(now, view.deadline()))));
            table.print(console);
        }
    }

    private Table table(List<Sandbox> found) {
        var now = sandboxer().clock().instant();
        var whose = allConsumers.get() ? List.of("CONSUMER") : List.<String>of();
        var table = new Table(row("ID", whose, "PROFILE", "ON", "STATE", "AGE", "EXPIRES"));
        for (var sandbox : found) {
            table.row(row(
                    sandbox.id().value(),
                    consumer(sandbox),
                    sandbox.profile().value(),
                    sandbox.extension().value(),
                    sandbox.state().text(),
                    Table.roughly(Duration.between(sandbox.createdAt(), now)),
                    "in " + Table.roughly(Duration.between(now, sandbox.deadline()))));
        }
        return table;
    }

    /** Returns the table of {@code --all}, with how sandboxes ended and what they ran. */
    private Table history(List<Sandbox> found) {
        var now = sandboxer().clock().instant();
        var whose = allConsumers.get() ? List.of("CONSUMER") : List.<String>of();
        var table = new Table(row("ID", whose, "PROFILE", "ON", "STATE", "EXIT", "AGE", "COMMAND"));
        for (var sandbox : found) {
            table.row(row(
                    sandbox.id().value(),
                    consumer(sandbox),
                    sandbox.profile().value(),
                    sandbox.extension().value(),
                    state(sandbox),
                    sandbox.exitCode() == null ? "-" : Integer.toString(sandbox.exitCode()),
                    Table.roughly(Duration.between(sandbox.createdAt(), now)),
                    sandbox.command() == null ? "-" : sandbox.command()));
        }
        return table;
    }

    private List<String> consumer(Sandbox sandbox) {
        return allConsumers.get() ? List.of(sandbox.consumer()) : List.of();
    }

    /** Returns the state; for a sandbox that ran and has ended, the reason. */
    private static String state(Sandbox sandbox) {
        var reason = sandbox.reason();
        return sandbox.state() == SandboxState.STOPPED && reason != null
                ? reason.text()
                : sandbox.state().text();
    }

    private static String[] row(String id, List<String> consumer, String... others) {
        var cells = new ArrayList<>(List.of(id));
        cells.addAll(consumer);
        cells.addAll(List.of(others));
        return cells.toArray(String[]::new);
    }

    /** Reconciles with the backends whose calls are free, so that the list is right even after a reboot. */
    private void settle() {
        var free = sandboxer().extensions().all().stream()
                .filter(extension -> !extension.metered())
                .toList();
        for (var settled : sandboxer().sandboxes().repair().reconcile(free)) {
            console.note("sandbox " + settled.sandbox() + ": " + settled.text());
        }
    }
}
