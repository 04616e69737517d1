package dev.sandboxer.cli;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.consumers.ApiKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "keys",
        description = "API keys, with which consumers ask a server.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {KeysCommand.Create.class, KeysCommand.Ls.class, KeysCommand.Revoke.class})
final class KeysCommand extends CommandGroup {
    /** A key as JSON; the key itself only when it has just been made. */
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

    @Command(name = "create", description = "Make a key. Prints it, this once.")
    static final class Create extends SandboxerCommand {
        @Option(
                names = "--consumer",
                paramLabel = "NAME",
                defaultValue = Sandboxer.LOCAL_CONSUMER,
                description = "Whose key it is (default: ${DEFAULT-VALUE}).")
        String consumer = "";

        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        @Override
        public Integer call() {
            var fresh = sandboxer().keys().create(consumer);
            console.print(json ? Json.text(View.of(fresh.key(), fresh.secret())) : fresh.secret());
            return 0;
        }
    }

    @Command(name = "ls", aliases = "list", description = "List keys, oldest first; never the keys themselves.")
    static final class Ls extends SandboxerCommand {
        @Option(names = "--consumer", paramLabel = "NAME", description = "Only those of this consumer.")
        @Nullable String consumer;

        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        @Override
        public Integer call() {
            var keys = sandboxer().keys().list(consumer);
            if (json) {
                console.print(
                        Json.text(keys.stream().map(key -> View.of(key, null)).toList()));
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

    @Command(name = "revoke", aliases = "rm", description = "Refuse a key from now on.")
    static final class Revoke extends SandboxerCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "The key's id, as `keys ls` shows it.")
        String id = "";

        @Override
        public Integer call() {
            console.print(sandboxer().keys().revoke(id).id());
            return 0;
        }
    }
}
