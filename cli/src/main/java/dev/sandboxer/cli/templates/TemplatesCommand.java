package dev.sandboxer.cli.templates;

import dev.sandboxer.cli.command.CommandEntry;
import dev.sandboxer.cli.command.CommandGroup;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.templates.Build;
import dev.sandboxer.templates.BuiltTemplates;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

public final class TemplatesCommand extends CommandGroup {
    public TemplatesCommand(Context context) {
        super(
                context,
                "Build and manage templates that sandboxes start from.",
                new CommandEntry("build", BuildCommand::new),
                new CommandEntry("install", InstallCommand::new),
                new CommandEntry("ls, list", Ls::new),
                new CommandEntry("show", Show::new),
                new CommandEntry("rm", Rm::new));
    }

    static final class Ls extends ExistingSandboxCommand {
        private final Supplier<Boolean> quiet = syntax.flag("-q, --quiet", "Print names only.");
        private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

        Ls(Context context) {
            super(context, "List templates.");
        }

        @Override
        public Integer call() {
            var found = sandboxer().templates().list(consumer());
            if (json.get()) {
                console.print(
                        JsonOutput.text(found.stream().map(TemplateView::of).toList()));
            } else if (quiet.get()) {
                found.forEach(one -> console.print(one.template().name()));
            } else {
                table(found).print(console);
            }
            return 0;
        }

        private Table table(List<BuiltTemplates.Details> found) {
            var now = sandboxer().clock().instant();
            var table = new Table("NAME", "ID", "STATE", "TAGS", "BUILT");
            for (var one : found) {
                var newest = one.builds().stream().findFirst();
                table.row(
                        one.template().name(),
                        one.template().id(),
                        newest.map(build -> build.state().text()).orElse("-"),
                        one.tags().isEmpty()
                                ? "-"
                                : one.tags().stream()
                                        .map(BuiltTemplates.Tag::name)
                                        .collect(Collectors.joining(",")),
                        newest.map(Build::endedAt)
                                .map(at -> Table.roughly(Duration.between(at, now)))
                                .orElse("-"));
            }
            return table;
        }
    }

    static final class Show extends ExistingSandboxCommand {
        private static final int PAGE_LINES = 1000;

        private final Supplier<Boolean> log = syntax.flag("--log", "Print the log of the newest build.");
        private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");
        private final Supplier<String> name = syntax.argument("TEMPLATE", "Name or id.");

        Show(Context context) {
            super(context, "Show a template, its tags and its builds.");
        }

        @Override
        public Integer call() {
            var templates = sandboxer().templates();
            templates.settle();
            var found = templates.details(templates.require(consumer(), name.get()));
            if (log.get()) {
                found.builds().stream().findFirst().ifPresent(this::printLog);
            } else if (json.get()) {
                console.print(JsonOutput.text(TemplateView.of(found)));
            } else {
                print(TemplateView.of(found));
            }
            return 0;
        }

        private void printLog(Build build) {
            var at = 0;
            while (true) {
                var lines = sandboxer().templates().log(build, at, PAGE_LINES);
                lines.forEach(line -> console.print(line.message()));
                at += lines.size();
                if (lines.isEmpty()) {
                    return;
                }
            }
        }

        private void print(TemplateView view) {
            console.print("name      " + view.name());
            console.print("id        " + view.id());
            console.print("created   " + view.createdAt());
            for (var tag : view.tags()) {
                console.print("tag       " + tag.name() + " = " + tag.build());
            }
            for (var build : view.builds()) {
                console.print("build     " + build.id() + " " + build.state() + " " + build.createdAt());
                if (build.reason() != null) {
                    console.print("          step " + build.step() + ": " + build.reason());
                }
            }
        }
    }

    static final class Rm extends ExistingSandboxCommand {
        private final Supplier<List<String>> names = syntax.arguments("TEMPLATE", "Names or ids.");

        Rm(Context context) {
            super(context, "Delete templates. Sandboxes that started from them keep running.");
        }

        @Override
        public Integer call() {
            for (String name : names.get()) {
                var template = sandboxer().templates().require(consumer(), name);
                sandboxer().templates().delete(template);
                console.print(template.name());
            }
            return 0;
        }
    }
}
