package dev.sandboxer.cli;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.credentials.CredentialRouter.Asker;
import dev.sandboxer.routing.Demand;
import dev.sandboxer.routing.Verdict;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "route", description = "Say where a profile would run, and why. Creates nothing.")
final class RouteCommand extends SandboxerCommand {
    @Parameters(arity = "0..1", paramLabel = "PROFILE", description = "Its name (default: the default profile).")
    @Nullable String profile;

    @Option(
            names = "--consumer",
            paramLabel = "NAME",
            defaultValue = Sandboxer.LOCAL_CONSUMER,
            description = "For whom (default: ${DEFAULT-VALUE}).")
    String consumer = "";

    @Option(names = "--credential", paramLabel = "ID", description = "As if asked with this credential.")
    @Nullable String credential;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    /** A verdict as JSON. */
    record View(
            String extension,
            boolean eligible,
            @Nullable String code,
            String why,
            @Nullable CredentialView credential) {}

    @Override
    public Integer call() {
        var catalogue = sandboxer().profiles();
        var recipe = profile == null ? catalogue.defaultProfile() : catalogue.get(profile);
        var views = sandboxer().router().route(recipe, Demand.of(asker(), recipe)).stream()
                .map(RouteCommand::view)
                .toList();
        if (json) {
            console.print(Json.text(views));
            return 0;
        }
        var table = new Table("EXTENSION", "VERDICT", "WHY");
        views.forEach(view ->
                table.row(view.extension(), view.eligible() ? "eligible" : "skipped: " + view.code(), view.why()));
        table.print(console);
        return 0;
    }

    private Asker asker() {
        var id = sandboxer().consumers().get(consumer).id();
        sandboxer().consumers().requireEnabled(id);
        return new Asker(id, credential, null);
    }

    private static View view(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Eligible eligible ->
                new View(
                        eligible.extension().value(),
                        true,
                        null,
                        eligible.why(),
                        CredentialView.of(eligible.receipt()));
            case Verdict.Skipped skipped ->
                new View(skipped.extension().value(), false, skipped.code().text(), skipped.why(), null);
        };
    }
}
