package dev.sandboxer.cli.setup;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.access.ReceiptView;
import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.credentials.CredentialRouter.Requester;
import dev.sandboxer.routing.Requirements;
import dev.sandboxer.routing.Verdict;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class RouteCommand extends Command {
    private final Supplier<@Nullable String> profile =
            syntax.optionalArgument("PROFILE", "Its name (default: the consumer's default).");
    private final Supplier<String> consumer =
            syntax.option("--consumer", "NAME", "For whom (default: ${DEFAULT-VALUE}).", Sandboxer.LOCAL_CONSUMER);
    private final Supplier<@Nullable String> credential =
            syntax.option("--credential", "ID", "As if asked with this credential.");
    private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

    /** A verdict as JSON. */
    record View(
            String extension,
            boolean eligible,
            @Nullable String code,
            String why,
            @Nullable ReceiptView credential) {}

    public RouteCommand(Context context) {
        super(context, "Say where a profile would run, and why. Creates nothing.");
    }

    @Override
    public Integer call() {
        var name = profile.get();
        var requester = requester();
        var catalogue = sandboxer().consumerProfiles().of(requester.consumer());
        var recipe = name == null ? catalogue.defaultProfile() : catalogue.get(name);
        var views = sandboxer().router().route(recipe, Requirements.of(requester, recipe)).stream()
                .map(RouteCommand::view)
                .toList();
        if (json.get()) {
            console.print(JsonOutput.text(views));
            return 0;
        }
        var table = new Table("EXTENSION", "VERDICT", "WHY");
        views.forEach(view ->
                table.row(view.extension(), view.eligible() ? "eligible" : "skipped: " + view.code(), view.why()));
        table.print(console);
        return 0;
    }

    private Requester requester() {
        var id = sandboxer().consumers().get(consumer.get()).id();
        sandboxer().consumers().requireEnabled(id);
        return new Requester(id, credential.get(), null);
    }

    private static View view(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Eligible eligible ->
                new View(eligible.extension().value(), true, null, eligible.why(), ReceiptView.of(eligible.receipt()));
            case Verdict.Skipped skipped ->
                new View(skipped.extension().value(), false, skipped.code().text(), skipped.why(), null);
        };
    }
}
