package dev.sandboxer.cli.setup;

import dev.sandboxer.capabilities.CapabilityRegistry;
import dev.sandboxer.capabilities.CapabilityView;
import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

public final class CapabilitiesCommand extends Command {
    private final Supplier<Boolean> json =
            syntax.flag("--json", "Print JSON, with descriptions and the tests that prove each capability.");

    public CapabilitiesCommand(Context context) {
        super(context, "List what sand-boxer can do.");
    }

    @Override
    public Integer call() {
        var views = CapabilityView.of(CapabilityRegistry.builtIn());
        if (json.get()) {
            console.print(JsonOutput.text(views));
            return 0;
        }
        var table = new Table("ID", "CAPABILITY", "STATUS", "EXTENSIONS");
        var group = "";
        for (CapabilityView view : views) {
            if (!view.group().equals(group)) {
                group = view.group();
                table.row("", group.toUpperCase(Locale.ROOT), "", "");
            }
            table.row(view.id(), view.name(), view.status(), extensions(view.extensions()));
        }
        table.print(console);
        return 0;
    }

    /** Returns the ids without their common prefix. */
    private static String extensions(List<String> ids) {
        return String.join(
                ",", ids.stream().map(id -> id.replaceFirst("^ext\\.", "")).toList());
    }
}
