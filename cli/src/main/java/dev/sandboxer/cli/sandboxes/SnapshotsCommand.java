package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.CommandEntry;
import dev.sandboxer.cli.command.CommandGroup;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import dev.sandboxer.cli.sandboxes.create.CreateOptions;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.config.units.Sizes;
import dev.sandboxer.lifecycle.snapshots.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class SnapshotsCommand extends CommandGroup {
    private static final int MAX_LISTED = 1000;

    public SnapshotsCommand(Context context) {
        super(
                context,
                "List and delete snapshots of sandboxes' disks.",
                new CommandEntry("ls, list", Ls::new),
                new CommandEntry("rm", Rm::new));
    }

    /** A snapshot as JSON. */
    record View(
            String id,
            @Nullable String name,
            String sandbox,
            String profile,
            String extension,
            int diskMiB,
            Instant createdAt) {
        static View of(Snapshot snapshot) {
            return new View(
                    snapshot.id(),
                    snapshot.name(),
                    snapshot.sandbox().value(),
                    snapshot.profile().value(),
                    snapshot.extension().value(),
                    snapshot.diskMiB(),
                    snapshot.createdAt());
        }
    }

    static final class Ls extends ExistingSandboxCommand {
        private final Supplier<Boolean> quiet = syntax.flag("-q, --quiet", "Print ids only.");
        private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

        Ls(Context context) {
            super(context, "List snapshots, newest first.");
        }

        @Override
        public Integer call() {
            var views = sandboxer().sandboxes().snapshots().list(consumer(), null, null, null, MAX_LISTED).stream()
                    .map(View::of)
                    .toList();
            if (json.get()) {
                console.print(JsonOutput.text(views));
            } else if (quiet.get()) {
                views.forEach(view -> console.print(view.id()));
            } else {
                table(views).print(console);
            }
            return 0;
        }

        private Table table(List<View> views) {
            var now = sandboxer().clock().instant();
            var table = new Table("ID", "NAME", "SANDBOX", "ON", "DISK", "AGE");
            views.forEach(view -> table.row(
                    view.id(),
                    view.name() == null ? "-" : view.name(),
                    view.sandbox(),
                    view.extension(),
                    Sizes.formatMiB(view.diskMiB()),
                    Table.roughly(Duration.between(view.createdAt(), now))));
            return table;
        }
    }

    static final class Rm extends ExistingSandboxCommand {
        private final Supplier<List<String>> ids = syntax.arguments("SNAPSHOT", "Names or ids.");

        Rm(Context context) {
            super(context, "Delete snapshots. Sandboxes that started from them keep running.");
        }

        @Override
        public Integer call() {
            for (String id : ids.get()) {
                var snapshot = CreateOptions.snapshot(sandboxer(), consumer(), id);
                sandboxer().sandboxes().snapshots().delete(snapshot);
                console.print(snapshot.id());
            }
            return 0;
        }
    }
}
