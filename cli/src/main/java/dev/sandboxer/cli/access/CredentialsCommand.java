package dev.sandboxer.cli.access;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.CommandEntry;
import dev.sandboxer.cli.command.CommandGroup;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.credentials.Owner;
import dev.sandboxer.credentials.StoredCredential;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class CredentialsCommand extends CommandGroup {
    public CredentialsCommand(Context context) {
        super(
                context,
                "Manage the keys to clouds: consumers' own (BYOK) and the platform's.",
                new CommandEntry("add", Add::new),
                new CommandEntry("ls, list", Ls::new),
                new CommandEntry("check", Check::new),
                new CommandEntry("rates", Rates::new),
                new CommandEntry("rm", Rm::new),
                new CommandEntry("rotate-master-key", RotateMasterKey::new));
    }

    @Override
    protected boolean takesKeys() {
        return true;
    }

    /**
     * A credential as JSON, without its fields.
     *
     * @param id of a stored credential, or of one in the environment
     * @param owner the consumer; null = the platform
     * @param name null = the credential is in the environment
     */
    private record View(
            String id,
            @Nullable String owner,
            String extension,
            @Nullable String name,
            String state,
            boolean platformFallback,
            @Nullable Instant createdAt,
            @Nullable Instant refusedAt,
            @Nullable String refusal) {
        static View of(StoredCredential credential) {
            var refusal = credential.refusal();
            return new View(
                    credential.id().value(),
                    credential.owner().consumer(),
                    credential.extension().value(),
                    credential.name(),
                    refusal == null ? "good" : "refused",
                    credential.platformFallback(),
                    credential.createdAt(),
                    refusal == null ? null : refusal.at(),
                    refusal == null ? null : refusal.message());
        }
    }

    static final class Add extends Command {
        private final Supplier<ExtensionId> extension =
                syntax.argument("EXT", "Extension that it is for, e.g. ext.e2b.", ExtensionId::new);
        private final Supplier<String> consumer = syntax.option(
                "--consumer",
                "NAME",
                "The consumer that owns it (default: ${DEFAULT-VALUE}).",
                Sandboxer.LOCAL_CONSUMER);
        private final Supplier<Boolean> platform =
                syntax.flag("--platform", "Store it as the platform's, for all consumers without their own.");
        private final Supplier<String> name =
                syntax.option("--name", "NAME", "Name, to tell several credentials apart.", "default");
        private final Supplier<@Nullable Path> file = syntax.file("--from", "FILE", "Read the fields from this file.");
        private final Supplier<Boolean> fallback =
                syntax.flag("--allow-platform-fallback", "Use the platform's credential when this one is refused.");
        private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

        Add(Context context) {
            super(
                    context,
                    "Store a credential. Reads its fields from standard input or a file, never from the command line.");
            syntax.footer(
                    "The input is lines NAME=VALUE (for ext.e2b: api_key=e2b_...), a JSON object, or just the value"
                            + " if one field is enough. On a terminal, the command asks for each field. `sandboxer"
                            + " extensions` lists the fields.");
        }

        @Override
        public Integer call() {
            if (platform.get() && (fallback.get() || syntax.isGiven("--consumer"))) {
                throw syntax.usageError("--platform can't be combined with --consumer or --allow-platform-fallback");
            }
            var known = sandboxer().extensions().get(extension.get());
            if (known.credentialFields().isEmpty()) {
                throw new SandboxException(ErrorCode.CREDENTIAL_INVALID, known.id() + " needs no credential");
            }
            var owner = platform.get()
                    ? Owner.PLATFORM
                    : Owner.consumer(sandboxer().consumers().get(consumer.get()).id());
            var fields = new CredentialFields(known).read(file.get(), console.in());
            var stored = sandboxer().credentials().add(owner, known.id(), name.get(), fields, fallback.get());
            console.print(
                    json.get() ? JsonOutput.text(View.of(stored)) : stored.id().value());
            return 0;
        }
    }

    static final class Ls extends Command {
        private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

        Ls(Context context) {
            super(context, "List credentials, without their secrets.");
        }

        @Override
        public Integer call() {
            var views = new ArrayList<View>();
            sandboxer().extensions().all().forEach(extension -> addFromEnvironment(extension, views));
            sandboxer().credentials().list().forEach(it -> views.add(View.of(it)));
            if (json.get()) {
                console.print(JsonOutput.text(views));
                return 0;
            }
            var table = new Table("ID", "OWNER", "EXTENSION", "NAME", "STATE");
            for (View view : views) {
                table.row(
                        view.id(),
                        view.owner() == null ? "(platform)" : view.owner(),
                        view.extension(),
                        view.name() == null ? "(environment)" : view.name(),
                        view.refusedAt() == null ? view.state() : "refused " + view.refusedAt());
            }
            table.print(console);
            return 0;
        }

        private void addFromEnvironment(Extension extension, List<View> views) {
            var credentials = sandboxer().credentials();
            credentials.ofEnvironment(extension).ifPresent(id -> {
                var refusal = credentials.refusal(id);
                views.add(new View(
                        id.value(),
                        null,
                        extension.id().value(),
                        null,
                        state(extension, id, refusal.isPresent()),
                        false,
                        null,
                        refusal.map(StoredCredential.Refusal::at).orElse(null),
                        refusal.map(StoredCredential.Refusal::message).orElse(null)));
            });
        }

        private String state(Extension extension, CredentialId ofEnvironment, boolean refused) {
            var credentials = sandboxer().credentials();
            if (credentials.malformed(extension, ofEnvironment).isPresent()) {
                return "malformed";
            }
            return credentials
                    .consumerCredentialInEnvironment(extension)
                    .map(it -> "taken by " + it.id())
                    .orElse(refused ? "refused" : "good");
        }
    }

    static final class Check extends Command {
        private final Supplier<List<String>> which = syntax.anyArguments("ID", "Names or ids (default: all).");

        Check(Context context) {
            super(context, "Check that the backends accept credentials. Creates nothing.");
        }

        @Override
        public Integer call() {
            var status = 0;
            for (CredentialId id : ids()) {
                try {
                    var extension = sandboxer().credentials().extension(id);
                    sandboxer().backends().check(extension, id);
                    console.print(id + " is accepted by " + extension);
                } catch (SandboxException e) {
                    console.note(e.getMessage() + " [" + e.code().code() + "]");
                    status = e.code().exitCode();
                }
            }
            return status;
        }

        private List<CredentialId> ids() {
            var credentials = sandboxer().credentials();
            if (!which.get().isEmpty()) {
                return which.get().stream().map(credentials::id).toList();
            }
            return sandboxer().extensions().all().stream()
                    .flatMap(extension -> credentials.all(extension).stream())
                    .toList();
        }
    }

    static final class Rates extends Command {
        private final Supplier<String> which = syntax.argument("ID", "Name or id.");
        private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

        Rates(Context context) {
            super(context, "Show an account's prices as its backend reports them. They are not used for charges.");
        }

        @Override
        public Integer call() {
            var id = sandboxer().credentials().id(which.get());
            var extension = sandboxer().credentials().extension(id);
            var rates = new TreeMap<>(sandboxer().backends().rates(extension, id));
            if (json.get()) {
                console.print(JsonOutput.text(rates));
                return 0;
            }
            var table = new Table("WHAT", "PRICE");
            rates.forEach(table::row);
            table.print(console);
            if (rates.isEmpty()) {
                console.note(extension + " reports no prices for this account");
            }
            return 0;
        }
    }

    static final class Rm extends Command {
        private final Supplier<String> which = syntax.argument("ID", "Name or id.");

        Rm(Context context) {
            super(context, "Remove a credential that is no longer in use.");
        }

        @Override
        public Integer call() {
            var credential = sandboxer().credentials().get(which.get());
            sandboxer().credentials().remove(credential);
            console.print(credential.id().value());
            return 0;
        }
    }

    static final class RotateMasterKey extends Command {
        private final Supplier<Boolean> drop = syntax.flag(
                "--drop-old",
                "Also delete the old key from the file of SANDBOXER_MASTER_KEY_FILE. No other home may use it.");

        RotateMasterKey(Context context) {
            super(context, "Seal all credentials with a new master key and delete the old key. All or nothing.");
        }

        @Override
        public Integer call() {
            var done = sandboxer().credentials().rotateMasterKey(drop.get());
            console.print((done.count() == 1 ? "1 credential is" : done.count() + " credentials are")
                    + " sealed with a new master key");
            if (done.olderKept()) {
                console.note(
                        "older master keys are kept in the file, because other homes may use it; if none does, rotate"
                                + " again with --drop-old");
            }
            return 0;
        }
    }
}
