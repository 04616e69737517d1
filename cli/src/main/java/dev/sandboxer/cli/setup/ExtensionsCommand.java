package dev.sandboxer.cli.setup;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class ExtensionsCommand extends Command {
    private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

    public ExtensionsCommand(Context context) {
        super(context, "List the extensions that sandboxes can run on.");
    }

    /** An extension as JSON. */
    record View(
            String id,
            String description,
            boolean metered,
            List<String> capabilities,
            List<String> templates,
            List<FieldView> credential) {
        static View of(Extension extension) {
            return new View(
                    extension.id().value(),
                    extension.description(),
                    extension.metered(),
                    extension.capabilities().stream()
                            .sorted()
                            .map(Capability::text)
                            .toList(),
                    extension.templates().stream().sorted().toList(),
                    extension.credentialFields().stream().map(FieldView::of).toList());
        }
    }

    /** A field of an extension's credential as JSON. */
    record FieldView(
            String name,
            String description,
            boolean secret,
            boolean required,
            @Nullable String environment) {
        static FieldView of(CredentialField field) {
            return new FieldView(
                    field.name(), field.description(), field.secret(), field.required(), field.environment());
        }
    }

    @Override
    public Integer call() {
        var views = sandboxer().extensions().all().stream().map(View::of).toList();
        if (json.get()) {
            console.print(JsonOutput.text(views));
            return 0;
        }
        var table = new Table("EXTENSION", "METERED", "CREDENTIAL", "CAPABILITIES");
        for (View view : views) {
            table.rowWithRemark(
                    view.description(),
                    view.id(),
                    view.metered() ? "yes" : "no",
                    fields(view),
                    String.join(", ", view.capabilities()));
        }
        table.print(console);
        return 0;
    }

    /** Returns the names of the required fields. Only the JSON output has the optional fields. */
    private static String fields(View view) {
        var required = view.credential().stream()
                .filter(FieldView::required)
                .map(FieldView::name)
                .toList();
        return required.isEmpty() ? "none" : String.join(", ", required);
    }
}
