package dev.sandboxer.cli;

import dev.sandboxer.consumers.Consumer;
import dev.sandboxer.credentials.Owner;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "consumers",
        description = "Who asks for sandboxes: organisations, teams, people.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ConsumersCommand.Add.class,
            ConsumersCommand.Ls.class,
            ConsumersCommand.Show.class,
            ConsumersCommand.Disable.class,
            ConsumersCommand.Enable.class
        })
final class ConsumersCommand extends CommandGroup {
    /**
     * @param keys good ones
     * @param sandboxes that have not ended
     */
    private record View(
            String id,
            boolean enabled,
            @Nullable Instant disabledAt,
            Instant createdAt,
            int keys,
            int credentials,
            int sandboxes) {}

    /** What they have in common. */
    abstract static class One extends SandboxerCommand {
        View view(Consumer consumer) {
            var keys = sandboxer().keys().list(consumer.id()).stream()
                    .filter(key -> key.revokedAt() == null)
                    .count();
            var credentials = sandboxer().credentials().list().stream()
                    .filter(it -> it.owner().equals(Owner.consumer(consumer.id())))
                    .count();
            var sandboxes = sandboxer().sandboxes().counts(consumer.id()).values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            return new View(
                    consumer.id(),
                    !consumer.disabled(),
                    consumer.disabledAt(),
                    consumer.createdAt(),
                    (int) keys,
                    (int) credentials,
                    sandboxes);
        }
    }

    @Command(name = "add", description = "Add a consumer.")
    static final class Add extends SandboxerCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "Lower-case letters, digits, dots, dashes.")
        String name = "";

        @Override
        public Integer call() {
            console.print(sandboxer().consumers().add(name).id());
            return 0;
        }
    }

    @Command(name = "ls", aliases = "list", description = "List consumers.")
    static final class Ls extends One {
        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        @Override
        public Integer call() {
            var views = sandboxer().consumers().list().stream().map(this::view).toList();
            if (json) {
                console.print(Json.text(views));
                return 0;
            }
            var table = new Table("CONSUMER", "STATE", "KEYS", "CREDENTIALS", "SANDBOXES");
            for (View view : views) {
                table.row(
                        view.id(),
                        view.enabled() ? "enabled" : "disabled",
                        Integer.toString(view.keys()),
                        Integer.toString(view.credentials()),
                        Integer.toString(view.sandboxes()));
            }
            table.print(console);
            return 0;
        }
    }

    @Command(name = "show", description = "Show a consumer.")
    static final class Show extends One {
        @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
        String name = "";

        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        @Override
        public Integer call() {
            var view = view(sandboxer().consumers().get(name));
            if (json) {
                console.print(Json.text(view));
                return 0;
            }
            line("consumer", view.id());
            line("state", view.enabled() ? "enabled" : "disabled " + view.disabledAt());
            line("created", view.createdAt());
            line("keys", view.keys());
            line("credentials", view.credentials());
            line("sandboxes", view.sandboxes());
            return 0;
        }

        private void line(String name, Object value) {
            console.print(String.format("%-12s %s", name, value));
        }
    }

    @Command(
            name = "disable",
            description = "Refuse a consumer's keys and new sandboxes. Those that run go on until their time is up.")
    static final class Disable extends SandboxerCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
        String name = "";

        @Override
        public Integer call() {
            console.print(sandboxer().consumers().disable(name).id());
            return 0;
        }
    }

    @Command(name = "enable", description = "Let a disabled consumer begin again.")
    static final class Enable extends SandboxerCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
        String name = "";

        @Override
        public Integer call() {
            console.print(sandboxer().consumers().enable(name).id());
            return 0;
        }
    }
}
