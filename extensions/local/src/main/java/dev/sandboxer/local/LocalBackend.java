package dev.sandboxer.local;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sandboxes on this machine, on a host where they can only be made and ended. Keeps nothing in memory, so any number of
 * processes may work on the same ones.
 */
class LocalBackend implements Backend {
    /** A Unix socket's path may have 107 bytes. */
    private static final int LONGEST_SOCKET_PATH = 107;

    private final ExtensionContext context;
    private final RootSource root;
    private final Patience patience;
    private final Path sandboxes;
    private final Lifetime lifetime;

    LocalBackend(ExtensionContext context, RootSource root) {
        this(context, root, Patience.USUAL);
    }

    LocalBackend(ExtensionContext context, RootSource root, Patience patience) {
        this.context = context;
        this.root = root;
        this.patience = patience;
        this.sandboxes = context.directory().resolve("s");
        this.lifetime = new Lifetime(context.clock(), patience);
    }

    @Override
    public void check() {
        // there is no credential that could be refused
    }

    @Override
    public BackendSandbox create(CreateRequest request) {
        new CreateRules(context.clock()).check(request);
        var folder = makeFolder(request.tag());
        try {
            launch(request, folder);
        } catch (ExtensionException e) {
            if (e.effect() == Effect.NOT_APPLIED) {
                discard(folder);
            }
            throw e;
        } catch (IOException | UncheckedIOException e) {
            discard(folder);
            var full = String.valueOf(e.getMessage()).contains("No space left");
            throw new ExtensionException(
                    full ? Kind.CAPACITY : Kind.INTERNAL,
                    Effect.NOT_APPLIED,
                    null,
                    "the sandbox could not be prepared: " + e.getMessage(),
                    e);
        }
        return describe(folder).orElseThrow(() -> ExtensionException.gone(ref(folder)));
    }

    private SandboxFolder makeFolder(SandboxTag tag) {
        var socket = new SandboxFolder(sandboxes.resolve(tag.toString())).socket();
        if (socket.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length > LONGEST_SOCKET_PATH) {
            throw ExtensionException.notApplied(
                    Kind.UNSUPPORTED,
                    "the path of SANDBOXER_HOME is too long for a Unix socket below it (" + socket
                            + " has more than 107 bytes); use a shorter one");
        }
        try {
            return SandboxFolder.make(sandboxes, tag);
        } catch (FileAlreadyExistsException e) {
            throw ExtensionException.notApplied(Kind.INVALID, "a sandbox was already created with the tag " + tag);
        } catch (IOException e) {
            throw new ExtensionException(
                    Kind.CAPACITY, Effect.NOT_APPLIED, null, "can't make a directory in " + sandboxes + ": " + e, e);
        }
    }

    private void launch(CreateRequest request, SandboxFolder folder) throws IOException {
        var bwrap = Host.program("bwrap")
                .orElseThrow(() -> ExtensionException.notApplied(
                        Kind.UNSUPPORTED, "bubblewrap is not installed; run: apt-get install bubblewrap"));
        var command = new ArrayList<String>();
        var agent = AgentBinary.in(context.directory());
        command.addAll(List.of(agent.toString(), "launch"));
        command.addAll(List.of("--socket", folder.socket().toString()));
        command.addAll(root.prepare(
                context.directory().resolve("t"), agent, folder, request.size().diskMiB()));
        // the names are stored before the groups exist, so that whoever ends a half-made sandbox knows them
        var createdAt = context.clock().instant();
        var cgroups = CgroupHost.detect().named(request.tag().toString());
        folder.write(new StoredRequest(
                request.size(), createdAt, request.deadline(), null, cgroups.toString(), request.env()));
        cgroups.create(request.size());
        command.addAll(cgroups.options());
        command.addAll(List.of("--timeout-ms", Long.toString(Launcher.PATIENCE.toMillis())));
        command.addAll(List.of("--bwrap", bwrap.toString()));
        command.addAll(root.boundary(folder, request.tag().sandbox()));
        command.addAll(List.of("--", "--listen", "3", "--ready", "4", "--deadline-ms"));
        command.add(Long.toString(
                Math.max(1, Duration.between(createdAt, request.deadline()).toMillis())));
        command.addAll(root.agentOptions());
        Launcher.run(command, folder.launchedFile().toFile());
    }

    private void discard(SandboxFolder folder) {
        try {
            end(folder);
        } catch (IOException | ExtensionException e) {
            // what is left carries no process; the next list() tries again
        }
    }

    @Override
    public Optional<BackendSandbox> find(SandboxTag tag) {
        return describe(new SandboxFolder(sandboxes.resolve(tag.toString())));
    }

    /** Also ends what is left of sandboxes whose agent has died, which is how their disks and groups are freed. */
    @Override
    public List<BackendSandbox> list() {
        var found = new ArrayList<BackendSandbox>();
        for (SandboxFolder folder : folders()) {
            var sandbox = describe(folder);
            if (sandbox.isPresent()) {
                found.add(sandbox.get());
            } else if (isLeftover(folder)) {
                discard(folder);
            }
        }
        return found;
    }

    private List<SandboxFolder> folders() {
        var found = new ArrayList<SandboxFolder>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(sandboxes, context.installation() + "-*")) {
            entries.forEach(path -> found.add(new SandboxFolder(path)));
        } catch (java.nio.file.NoSuchFileException e) {
            return List.of();
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            throw ExtensionException.unknown(Kind.TRANSIENT, "can't list " + sandboxes + ": " + e, e);
        }
        return found;
    }

    /** Launched, and dead or of no use; one that is being made just now has not been launched yet. */
    private static boolean isLeftover(SandboxFolder folder) {
        return folder.launched().isPresent()
                && (!folder.alive() || folder.request().isEmpty());
    }

    /** Also wakes it when whoever stopped it has died, and ends it when it has been paused for too long. */
    private Optional<BackendSandbox> describe(SandboxFolder folder) {
        var found = folder.alive() ? folder.request() : Optional.<StoredRequest>empty();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var request = found.get();
        var frozen = Lifetime.isFrozen(request);
        if (frozen && lifetime.isExpired(folder)) {
            discard(folder);
            return Optional.empty();
        }
        var until = frozen ? request.pausedUntil() : null;
        if (frozen && until == null) {
            lifetime.wakeWhenForgotten(folder);
        }
        return Optional.of(new BackendSandbox(
                ref(folder),
                folder.tag(),
                request.size(),
                request.createdAt(),
                until == null ? request.deadline() : until,
                until != null));
    }

    private static BackendRef ref(SandboxFolder folder) {
        return new BackendRef(folder.tag().toString());
    }

    @Override
    public void setDeadline(BackendRef sandbox, Instant deadline) {
        lifetime.setDeadline(folder(sandbox), deadline);
    }

    @Override
    public void destroy(BackendRef sandbox) {
        try {
            end(folder(sandbox));
        } catch (IOException e) {
            throw ExtensionException.unknown(Kind.TRANSIENT, "the sandbox was not removed: " + e, e);
        }
    }

    private void end(SandboxFolder folder) throws IOException {
        if (!folder.exists()) {
            return;
        }
        folder.awaitLauncher();
        var command = new ArrayList<String>();
        command.addAll(List.of(AgentBinary.in(context.directory()).toString(), "end"));
        folder.launched().ifPresent(launched -> {
            command.addAll(List.of("--pid", "" + launched.pid(), "--start", "" + launched.pidStart()));
            command.addAll(List.of("--pid", "" + launched.monitorPid(), "--start", "" + launched.monitorStart()));
        });
        command.addAll(groups(folder).options());
        command.addAll(List.of("--timeout-ms", Long.toString(Launcher.PATIENCE.toMillis())));
        Launcher.run(command, Launcher.NOWHERE);
        LocalFolders.removeTree(folder.path());
    }

    /** Where its request can't be read, the groups are where a sandbox of its name gets them. */
    private static Cgroups groups(SandboxFolder folder) {
        return folder.request()
                .map(request -> Cgroups.parse(request.cgroups()))
                .orElseGet(() -> CgroupHost.detect().named(folder.tag().toString()));
    }

    @Override
    public Session connect(BackendRef sandbox) {
        var folder = folder(sandbox);
        var request = folder.request().filter(_ -> folder.alive()).orElseThrow(() -> ExtensionException.gone(sandbox));
        if (Lifetime.isFrozen(request)) {
            lifetime.wakeWhenForgotten(folder);
        }
        var door = new AgentDoor(folder, Freezer.of(Cgroups.parse(request.cgroups())), patience);
        door.refuseWhilePaused();
        return new LocalSession(door);
    }

    final ExtensionContext context() {
        return context;
    }

    final Lifetime lifetime() {
        return lifetime;
    }

    final SandboxFolder folder(BackendRef sandbox) {
        try {
            return new SandboxFolder(
                    sandboxes.resolve(SandboxTag.parse(sandbox.value()).toString()));
        } catch (IllegalArgumentException e) {
            throw ExtensionException.notApplied(Kind.INVALID, "not a local sandbox: " + sandbox);
        }
    }

    @Override
    public void close() {
        // nothing is held
    }
}
