package dev.sandboxer.cli;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Extension;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "extensions", description = "List the extensions: where sandboxes can run.")
final class ExtensionsCommand extends SandboxerCommand {
    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    /** An extension as JSON. */
    record View(String id, String description, boolean metered, List<String> capabilities, List<String> templates) {
        static View of(Extension extension) {
            return new View(
                    extension.id().value(),
                    extension.description(),
                    extension.metered(),
                    extension.capabilities().stream().sorted().map(View::text).toList(),
                    extension.templates().stream().sorted().toList());
        }

        private static String text(Capability capability) {
            return capability.name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public Integer call() {
        var views = sandboxer().extensions().all().stream().map(View::of).toList();
        if (json) {
            console.print(Json.text(views));
            return 0;
        }
        var table = new Table("EXTENSION", "METERED", "CAPABILITIES", "");
        for (View view : views) {
            table.row(
                    view.id(),
                    view.metered() ? "yes" : "no",
                    String.join(",", view.capabilities()),
                    view.description());
        }
        table.print(console);
        return 0;
    }
}
