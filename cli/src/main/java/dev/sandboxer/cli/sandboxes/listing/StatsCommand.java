package dev.sandboxer.cli.sandboxes.listing;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.config.units.Sizes;
import dev.sandboxer.extension.feature.SandboxMetrics;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

public final class StatsCommand extends ExistingSandboxCommand {
    private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");
    private final Supplier<List<String>> ids =
            syntax.anyArguments("SANDBOX", "Names, ids or id prefixes (default: all running sandboxes).");

    public StatsCommand(Context context) {
        super(context, "Show what sandboxes use at the moment.");
    }

    /** The current usage of a sandbox as JSON. */
    record View(
            String id,
            Instant at,
            long cpuUsedMs,
            long memoryUsedBytes,
            long memoryCacheBytes,
            long memoryTotalBytes,
            long diskUsedBytes,
            long diskTotalBytes,
            long networkInBytes,
            long networkOutBytes) {
        static View of(Sandbox sandbox, SandboxMetrics metrics) {
            return new View(
                    sandbox.id().value(),
                    metrics.at(),
                    metrics.cpuUsed().toMillis(),
                    metrics.memoryUsedBytes(),
                    metrics.memoryCacheBytes(),
                    metrics.memoryTotalBytes(),
                    metrics.diskUsedBytes(),
                    metrics.diskTotalBytes(),
                    metrics.networkInBytes(),
                    metrics.networkOutBytes());
        }
    }

    @Override
    public Integer call() {
        var sandboxes = sandboxer().sandboxes();
        var wanted = ids.get().isEmpty()
                ? sandboxes.list(consumer(), false).stream()
                        .filter(sandbox -> sandbox.state() == SandboxState.RUNNING)
                        .toList()
                : ids.get().stream().map(this::sandbox).toList();
        var views = wanted.stream()
                .map(sandbox -> View.of(sandbox, sandboxes.metrics(sandbox)))
                .toList();
        if (json.get()) {
            console.print(JsonOutput.text(views));
            return 0;
        }
        var table = new Table("ID", "CPU TIME", "MEMORY", "OF", "DISK", "OF", "NET IN", "OUT");
        views.forEach(view -> table.row(
                view.id(),
                Durations.format(Duration.ofMillis(view.cpuUsedMs() / 100 * 100)),
                Sizes.formatRounded(view.memoryUsedBytes()),
                Sizes.formatRounded(view.memoryTotalBytes()),
                Sizes.formatRounded(view.diskUsedBytes()),
                Sizes.formatRounded(view.diskTotalBytes()),
                Sizes.formatRounded(view.networkInBytes()),
                Sizes.formatRounded(view.networkOutBytes())));
        table.print(console);
        return 0;
    }
}
