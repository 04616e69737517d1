package dev.sandboxer.cli;

import dev.sandboxer.Sandboxer;
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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "credentials",
        description = "Keys with which clouds are reached: consumers' own (BYOK) and the platform's.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CredentialsCommand.Add.class,
            CredentialsCommand.Ls.class,
            CredentialsCommand.Check.class,
            CredentialsCommand.Rm.class,
            CredentialsCommand.RotateMasterKey.class
        })
final class CredentialsCommand extends CommandGroup {
    /**
     * One credential without what is in it.
     *
     * @param id of one in the environment of this process too
     * @param owner null = the platform
     * @param name null = it is in the environment
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

    @Command(
            name = "add",
            description =
                    "Store a credential. Its fields come from standard input or a file, never from the command line.",
            footer = "%nThe input is lines NAME=VALUE (for ext.e2b: api_key=e2b_...), a JSON object, or just the value"
                    + " where one field is enough. On a terminal it asks. `sandboxer extensions` tells the fields.")
    @SuppressWarnings("NullAway.Init")
    static final class Add extends SandboxerCommand {
        @Spec
        CommandSpec spec;

        @Parameters(index = "0", paramLabel = "EXT", description = "The extension it is for, e.g. ext.e2b.")
        String extension = "";

        @Option(
                names = "--consumer",
                paramLabel = "NAME",
                defaultValue = Sandboxer.LOCAL_CONSUMER,
                description = "Whose it is (default: ${DEFAULT-VALUE}).")
        String consumer = "";

        @Option(names = "--platform", description = "It is the platform's, for all consumers without one of their own.")
        boolean platform;

        @Option(names = "--name", paramLabel = "NAME", defaultValue = "default", description = "To tell several apart.")
        String name = "";

        @Option(names = "--from", paramLabel = "FILE", description = "Read the fields from this file.")
        @Nullable Path file;

        @Option(
                names = "--allow-platform-fallback",
                description = "When it is refused, the platform's may take its place. Without this, never.")
        boolean fallback;

        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        @Override
        public Integer call() {
            if (platform && (fallback || spec.commandLine().getParseResult().hasMatchedOption("--consumer"))) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--platform means nobody's in particular: without --consumer and --allow-platform-fallback");
            }
            var known = sandboxer().extensions().get(new ExtensionId(extension));
            if (known.credentialFields().isEmpty()) {
                throw new SandboxException(ErrorCode.CREDENTIAL_INVALID, known.id() + " needs no credential");
            }
            var owner = platform
                    ? Owner.PLATFORM
                    : Owner.consumer(sandboxer().consumers().get(consumer).id());
            var fields = new CredentialFields(known).read(file, console.in());
            var stored = sandboxer().credentials().add(owner, known.id(), name, fields, fallback);
            console.print(json ? Json.text(View.of(stored)) : stored.id().value());
            return 0;
        }
    }

    @Command(name = "ls", aliases = "list", description = "List credentials; never what is in them.")
    static final class Ls extends SandboxerCommand {
        @Option(names = "--json", description = "Print JSON.")
        boolean json;

        @Override
        public Integer call() {
            var views = new ArrayList<View>();
            sandboxer().extensions().all().forEach(extension -> ofEnvironment(extension, views));
            sandboxer().credentials().list().forEach(it -> views.add(View.of(it)));
            if (json) {
                console.print(Json.text(views));
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

        private void ofEnvironment(Extension extension, List<View> views) {
            var credentials = sandboxer().credentials();
            credentials.ofEnvironment(extension).ifPresent(id -> {
                var refusal = credentials.refusal(id).orElse(null);
                var malformed = credentials.malformed(extension, id).isPresent();
                views.add(new View(
                        id.value(),
                        null,
                        extension.id().value(),
                        null,
                        malformed ? "malformed" : refusal == null ? "good" : "refused",
                        false,
                        null,
                        refusal == null ? null : refusal.at(),
                        refusal == null ? null : refusal.message()));
            });
        }
    }

    @Command(name = "check", description = "Ask the backends whether they accept credentials. Creates nothing.")
    static final class Check extends SandboxerCommand {
        @Parameters(arity = "0..*", paramLabel = "ID", description = "Ids or names (default: all).")
        List<String> which = List.of();

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
            if (!which.isEmpty()) {
                return which.stream().map(credentials::id).toList();
            }
            return sandboxer().extensions().all().stream()
                    .flatMap(extension -> credentials.all(extension).stream())
                    .toList();
        }
    }

    @Command(name = "rm", description = "Remove a credential that nothing needs any more.")
    static final class Rm extends SandboxerCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "Its id or name.")
        String which = "";

        @Override
        public Integer call() {
            var credential = sandboxer().credentials().get(which);
            sandboxer().credentials().remove(credential);
            console.print(credential.id().value());
            return 0;
        }
    }

    @Command(
            name = "rotate-master-key",
            description = "Seal all credentials with a new master key, and forget the old one. All or nothing.")
    static final class RotateMasterKey extends SandboxerCommand {
        @Override
        public Integer call() {
            var count = sandboxer().credentials().rotateMasterKey();
            console.print(
                    (count == 1 ? "1 credential is" : count + " credentials are") + " sealed with a new master key");
            return 0;
        }
    }
}
