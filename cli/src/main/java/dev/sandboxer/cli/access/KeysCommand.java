package dev.sandboxer.cli.access;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.CommandEntry;
import dev.sandboxer.cli.command.CommandGroup;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.consumers.ApiKey;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class KeysCommand extends CommandGroup {
    public KeysCommand(Context context) {
        super(
                context,
                "Manage the API keys with which consumers access a server.",
                new CommandEntry("create", Create::new),
                new CommandEntry("ls, list", Ls::new),
                new CommandEntry("revoke, rm", Revoke::new));
    }

    /**
     * An API key as JSON.
     *
     * @param key the secret; null unless it was just created
     */
    private record View(
            String id,
            String consumer,
            @Nullable String key,
            String prefix,
            Instant createdAt,
            @Nullable Instant revokedAt) {
        static View of(ApiKey key, @Nullable String secret) {
            return new View(key.id(), key.consumer(), secret, key.prefix(), key.createdAt(), key.revokedAt());
        }
    }

    static final class Create extends Command {
        private final Supplier<String> consumer = syntax.option(
                "--consumer",
                "NAME",
                "The consumer that owns it (default: ${DEFAULT-VALUE}).",
                Sandboxer.LOCAL_CONSUMER);
        private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

        Create(Context context) {
            super(context, "Create a key. Prints it; it can't be shown again.");
        }

        @Override
        public Integer call() {
            var created = sandboxer().keys().create(consumer.get());
            console.print(json.get() ? JsonOutput.text(View.of(created.key(), created.secret())) : created.secret());
            return 0;
        }
    }

    static final class Ls extends Command {
        private final Supplier<@Nullable String> consumer =
                syntax.option("--consumer", "NAME", "Only keys of this consumer.");
        private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

        Ls(Context context) {
            super(context, "List keys, oldest first, without the secrets.");
        }

        @Override
        public Integer call() {
            var keys = sandboxer().keys().list(consumer.get());
            if (json.get()) {
                console.print(JsonOutput.text(
                        keys.stream().map(key -> View.of(key, null)).toList()));
                return 0;
            }
            var table = new Table("ID", "CONSUMER", "BEGINS", "CREATED", "STATE");
            for (ApiKey key : keys) {
                table.row(
                        key.id(),
                        key.consumer(),
                        key.prefix() + "...",
                        key.createdAt().toString(),
                        key.revokedAt() == null ? "good" : "revoked " + key.revokedAt());
            }
            table.print(console);
            return 0;
        }
    }

    static final class Revoke extends Command {
        private final Supplier<String> id = syntax.argument("ID", "Id of the key, from `keys ls`.");

        Revoke(Context context) {
            super(context, "Revoke a key: it is refused from now on.");
        }

        @Override
        public Integer call() {
            console.print(sandboxer().keys().revoke(id.get()).id());
            return 0;
        }
    }
}
