package dev.sandboxer.local;

import dev.sandboxer.extension.BackendSnapshot;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.CreationProgress.Stage;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.local.disk.BaseTemplate;
import dev.sandboxer.local.disk.SandboxRoot;
import dev.sandboxer.local.disk.SnapshotStore;
import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.folder.StoredRequest;
import dev.sandboxer.local.host.AgentBinary;
import dev.sandboxer.local.host.HostCgroups;
import dev.sandboxer.local.host.HostFailure;
import dev.sandboxer.local.host.HostPrograms;
import dev.sandboxer.local.host.Launcher;
import dev.sandboxer.local.host.RootSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Creates one sandbox, and removes what a failure leaves behind. */
record SandboxCreation(ExtensionContext context, RootSource root, Path sandboxes, SnapshotStore snapshots) {
    private static final Source BASE = new Source.Template(BaseTemplate.NAME);

    /** The longest path of a Unix socket, in bytes. */
    private static final int LONGEST_SOCKET_PATH = 107;

    /** A snapshot may contain gigabytes. */
    private static final Duration SNAPSHOT_COPY_TIMEOUT = Duration.ofMinutes(2);

    SandboxFolder create(CreateRequest request) {
        new CreateRules(context.clock()).check(request);
        var snapshot = snapshotFor(request.spec().source());
        request.report(Stage.STARTING, "starting a sandbox on this machine");
        var folder = makeFolder(request.tag());
        var removal = new SandboxRemoval(context.directory());
        try {
            launch(request, snapshot, folder);
            return folder;
        } catch (ExtensionException e) {
            if (e.effect() == Effect.NOT_APPLIED) {
                removal.tryRemove(folder);
            }
            if (snapshot.isPresent()) {
                snapshotFor(request.spec().source()); // throws a better message when it was deleted meanwhile
            }
            throw e;
        } catch (IOException | UncheckedIOException e) {
            removal.tryRemove(folder);
            throw new ExtensionException(
                    HostFailure.isDiskFull(e) ? Kind.CAPACITY : Kind.INTERNAL,
                    Effect.NOT_APPLIED,
                    null,
                    "the sandbox could not be prepared: " + e.getMessage(),
                    e);
        }
    }

    static boolean isFromBase(CreateRequest request) {
        return request.spec().source().equals(BASE);
    }

    /**
     * The snapshot to start from; empty for the built-in template.
     *
     * @throws ExtensionException {@code INVALID} when there is no such snapshot
     */
    private Optional<BackendSnapshot> snapshotFor(Source source) {
        if (source.equals(BASE)) {
            return Optional.empty();
        }
        try {
            var found = source instanceof Source.Template(var name) && root == RootSource.IMAGE
                    ? snapshots.findTemplate(name)
                    : Optional.<BackendSnapshot>empty();
            return Optional.of(found.orElseThrow(() -> ExtensionException.notApplied(
                    Kind.INVALID, "there is no such snapshot on this machine: " + source)));
        } catch (IOException e) {
            throw new ExtensionException(
                    Kind.TRANSIENT, Effect.NOT_APPLIED, null, "can't look for the snapshot: " + HostFailure.text(e), e);
        }
    }

    private SandboxFolder makeFolder(SandboxTag tag) {
        var socket = new SandboxFolder(sandboxes.resolve(tag.toString())).socket();
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET_PATH) {
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
                    Kind.CAPACITY,
                    Effect.NOT_APPLIED,
                    null,
                    "can't make a directory in " + sandboxes + ": " + HostFailure.text(e),
                    e);
        }
    }

    private void launch(CreateRequest request, Optional<BackendSnapshot> snapshot, SandboxFolder folder)
            throws IOException {
        var asked = request.spec().size();
        var diskMiB = snapshot.map(BackendSnapshot::diskMiB).orElse(asked.diskMiB());
        var size = new SandboxSize(asked.cpuMillis(), asked.memoryMiB(), diskMiB);
        var bwrap = HostPrograms.find("bwrap")
                .orElseThrow(() -> ExtensionException.notApplied(
                        Kind.UNSUPPORTED, "bubblewrap is not installed; run: apt-get install bubblewrap"));
        var agent = AgentBinary.in(context.directory());
        var template = new BaseTemplate(context.directory().resolve("t"), agent, root.uidBase());
        var image = snapshot.map(it -> snapshots.file(it.name()));
        var rootOptions = new SandboxRoot(root, template).prepare(folder, image, diskMiB);
        var createdAt = context.clock().instant();
        var cgroups = HostCgroups.ofThisProcess().of(request.tag());
        // stored before the groups exist, so that the removal of a half-made sandbox knows them
        folder.write(new StoredRequest(
                size,
                createdAt,
                request.deadline(),
                null,
                cgroups,
                request.spec().env()));
        cgroups.create(size);
        var timeout = snapshot.isPresent() ? SNAPSHOT_COPY_TIMEOUT : Launcher.TIMEOUT;
        var life = Duration.between(createdAt, request.deadline());
        var command = new ArrayList<String>();
        command.addAll(List.of(agent.toString(), "launch"));
        command.addAll(List.of("--socket", folder.socket().toString()));
        command.addAll(rootOptions);
        command.addAll(cgroups.options());
        command.addAll(List.of("--timeout-ms", Long.toString(timeout.toMillis())));
        command.addAll(List.of("--bwrap", bwrap.toString()));
        command.addAll(root.boundary(folder.tree(), request.tag().sandbox()));
        command.addAll(List.of("--", "--listen", "3", "--ready", "4"));
        command.addAll(List.of("--deadline-ms", Long.toString(Math.max(1, life.toMillis()))));
        command.addAll(root.agentOptions());
        var output = folder.launchedFile().toFile();
        Launcher.run(command, output, timeout, () -> folder.launched().isPresent());
    }
}
