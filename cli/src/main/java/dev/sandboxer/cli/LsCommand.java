package dev.sandboxer.cli;

import dev.sandboxer.Sandboxer;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "ls", aliases = "list", description = "List sandboxes, newest first.")
final class LsCommand extends SandboxerCommand {
    @Option(
            names = {"-a", "--all"},
            description = "Those that have ended too.")
    boolean all;

    @Option(
            names = {"-q", "--quiet"},
            description = "Ids only.")
    boolean quiet;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() {
        settle();
        var found = sandboxer().sandboxes().list(Sandboxer.LOCAL_CONSUMER, all);
        if (json) {
            console.print(Json.text(found.stream().map(SandboxView::of).toList()));
        } else if (quiet) {
            found.forEach(sandbox -> console.print(sandbox.id().value()));
        } else {
            var now = Instant.now();
            var table = new Table("ID", "PROFILE", "ON", "STATE", "CREATED", "EXPIRES");
            for (var sandbox : found) {
                table.row(
                        sandbox.id().value(),
                        sandbox.profile().value(),
                        sandbox.extension() == null ? "-" : sandbox.extension().value(),
                        sandbox.state().text()
                                + (sandbox.reason() == null
                                        ? ""
                                        : " (" + sandbox.reason().text() + ")"),
                        Table.roughly(Duration.between(sandbox.createdAt(), now)) + " ago",
                        sandbox.state().ended()
                                ? "-"
                                : "in " + Table.roughly(Duration.between(now, sandbox.deadline())));
            }
            table.print(console);
        }
        return 0;
    }

    /** Asks backends that cost nothing to ask, so that the list is true after a reboot too. */
    private void settle() {
        var free = sandboxer().extensions().all().stream()
                .filter(extension -> !extension.metered())
                .toList();
        for (var settled : sandboxer().sandboxes().repair().reconcile(free)) {
            console.note("sandbox " + settled.sandbox() + ": " + settled.text());
        }
    }
}
