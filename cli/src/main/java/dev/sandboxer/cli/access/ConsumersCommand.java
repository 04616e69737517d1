package dev.sandboxer.cli.access;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.CommandEntry;
import dev.sandboxer.cli.command.CommandGroup;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.consumers.Consumer;
import dev.sandboxer.credentials.Owner;
import dev.sandboxer.quotas.Usage;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class ConsumersCommand extends CommandGroup {
    public ConsumersCommand(Context context) {
        super(
                context,
                "Manage consumers: the organisations, teams and people that use sandboxes.",
                new CommandEntry("add", Add::new),
                new CommandEntry("ls, list", Ls::new),
                new CommandEntry("show", Show::new),
                new CommandEntry("set", ConsumerSetCommand::new),
                new CommandEntry("disable", Disable::new),
                new CommandEntry("enable", Enable::new));
    }

    /**
     * A consumer as JSON.
     *
     * @param keys number of keys that are not revoked
     * @param sandboxes number of sandboxes that have not ended
     */
    private record View(
            String id,
            boolean enabled,
            @Nullable Instant disabledAt,
            Instant createdAt,
            int keys,
            int credentials,
            int sandboxes) {}

    /**
     * A consumer as JSON, with its limits and its usage.
     *
     * @param used usage that counts towards its limits
     */
    private record Detail(
            String id,
            boolean enabled,
            @Nullable Instant disabledAt,
            Instant createdAt,
            int keys,
            int credentials,
            int sandboxes,
            LimitsView limits,
            Usage used) {
        static Detail of(View view, LimitsView limits, Usage used) {
            return new Detail(
                    view.id(),
                    view.enabled(),
                    view.disabledAt(),
                    view.createdAt(),
                    view.keys(),
                    view.credentials(),
                    view.sandboxes(),
                    limits,
                    used);
        }
    }

    /** A command that shows consumers. */
    abstract static class Showing extends Command {
        Showing(Context context, String about) {
            super(context, about);
        }

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

    static final class Add extends Command {
        private final Supplier<String> name = syntax.argument("NAME", "Lower-case letters, digits, dots, dashes.");

        Add(Context context) {
            super(context, "Add a consumer.");
        }

        @Override
        public Integer call() {
            console.print(sandboxer().consumers().add(name.get()).id());
            return 0;
        }
    }

    static final class Ls extends Showing {
        private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

        Ls(Context context) {
            super(context, "List consumers.");
        }

        @Override
        public Integer call() {
            var views = sandboxer().consumers().list().stream().map(this::view).toList();
            if (json.get()) {
                console.print(JsonOutput.text(views));
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

    static final class Show extends Showing {
        private final Supplier<String> name = syntax.argument("NAME", "Name of the consumer.");
        private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

        Show(Context context) {
            super(context, "Show a consumer, its limits and its usage.");
        }

        @Override
        public Integer call() {
            var consumers = sandboxer().consumers();
            var view = view(consumers.get(name.get()));
            var limits = consumers.limits(view.id());
            var declared = consumers.declared(view.id());
            var used = sandboxer().quotas().usage(view.id());
            if (json.get()) {
                console.print(JsonOutput.text(Detail.of(view, LimitsView.of(limits, declared), used)));
                return 0;
            }
            line("consumer", view.id());
            line("state", view.enabled() ? "enabled" : "disabled " + view.disabledAt());
            line("created", view.createdAt());
            line("keys", view.keys());
            line("credentials", view.credentials());
            line("sandboxes", view.sandboxes());
            new LimitsText(limits, declared, used).lines().forEach(console::print);
            return 0;
        }

        private void line(String name, Object value) {
            console.print(LimitsText.line(name, value));
        }
    }

    static final class Disable extends Command {
        private final Supplier<String> name = syntax.argument("NAME", "Name of the consumer.");

        Disable(Context context) {
            super(context, "Refuse a consumer's keys and new sandboxes. Running ones live until their time is up.");
        }

        @Override
        public Integer call() {
            console.print(sandboxer().consumers().disable(name.get()).id());
            return 0;
        }
    }

    static final class Enable extends Command {
        private final Supplier<String> name = syntax.argument("NAME", "Name of the consumer.");

        Enable(Context context) {
            super(context, "Enable a disabled consumer.");
        }

        @Override
        public Integer call() {
            console.print(sandboxer().consumers().enable(name.get()).id());
            return 0;
        }
    }
}
