package dev.sandboxer.local;

import dev.sandboxer.extension.BackendSnapshot;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxSize;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.local.disk.BaseTemplate;
import dev.sandboxer.local.disk.SnapshotStore;
import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.folder.StoredRequest;
import dev.sandboxer.local.host.AgentBinary;
import dev.sandboxer.local.host.CgroupHost;
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

/** Makes one sandbox. What a failure leaves behind is ended. */
record SandboxCreation(ExtensionContext context, RootSource root, Path sandboxes, SnapshotStore snapshots) {
    /** A Unix socket's path may have 107 bytes. */
    private static final int LONGEST_SOCKET_PATH = 107;

    /** A kept disk may hold gigabytes. */
    private static final Duration COPYING_KEPT_DISK = Duration.ofMinutes(2);

    SandboxFolder create(CreateRequest request) {
        new CreateRules(context.clock()).check(request);
        var kept = keptDisk(request.template());
        var folder = makeFolder(request.tag());
        var ending = new SandboxRemoval(context.directory());
        try {
            launch(request, kept, folder);
            return folder;
        } catch (ExtensionException e) {
            if (e.effect() == Effect.NOT_APPLIED) {
                ending.discard(folder);
            }
            if (kept.isPresent()) {
                keptDisk(request.template()); // says so when it was deleted meanwhile
            }
            throw e;
        } catch (IOException | UncheckedIOException e) {
            ending.discard(folder);
            throw new ExtensionException(
                    HostFailure.isFull(e) ? Kind.CAPACITY : Kind.INTERNAL,
                    Effect.NOT_APPLIED,
                    null,
                    "the sandbox could not be prepared: " + e.getMessage(),
                    e);
        }
    }

    /** Empty for the built-in template. */
    private Optional<BackendSnapshot> keptDisk(String template) {
        if (template.equals(BaseTemplate.NAME)) {
            return Optional.empty();
        }
        try {
            var kept = root == RootSource.IMAGE ? snapshots.ofTemplate(template) : Optional.<BackendSnapshot>empty();
            return Optional.of(kept.orElseThrow(() -> unknownTemplate(template)));
        } catch (IOException e) {
            throw new ExtensionException(
                    Kind.TRANSIENT, Effect.NOT_APPLIED, null, "can't look for the snapshot: " + HostFailure.text(e), e);
        }
    }

    private static ExtensionException unknownTemplate(String template) {
        return ExtensionException.notApplied(
                Kind.INVALID,
                "there is no local template \"" + template + "\"; there are " + BaseTemplate.NAME
                        + " and, as snapshot:NAME, the snapshots of this machine");
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

    private void launch(CreateRequest request, Optional<BackendSnapshot> kept, SandboxFolder folder)
            throws IOException {
        var bwrap = HostPrograms.program("bwrap")
                .orElseThrow(() -> ExtensionException.notApplied(
                        Kind.UNSUPPORTED, "bubblewrap is not installed; run: apt-get install bubblewrap"));
        var asked = request.size();
        var size = new SandboxSize(
                asked.cpuMillis(),
                asked.memoryMiB(),
                kept.map(BackendSnapshot::diskMiB).orElse(asked.diskMiB()));
        var patience = kept.isPresent() ? COPYING_KEPT_DISK : Launcher.PATIENCE;
        var command = new ArrayList<String>();
        var agent = AgentBinary.in(context.directory());
        command.addAll(List.of(agent.toString(), "launch"));
        command.addAll(List.of("--socket", folder.socket().toString()));
        var template = new BaseTemplate(context.directory().resolve("t"), agent, root.uidBase());
        command.addAll(root.prepare(template, folder, kept.map(it -> snapshots.file(it.name())), size.diskMiB()));
        // the names are stored before the groups exist, so that whoever ends a half-made sandbox knows them
        var createdAt = context.clock().instant();
        var cgroups = CgroupHost.ofThisProcess().named(request.tag().toString());
        folder.write(new StoredRequest(size, createdAt, request.deadline(), null, cgroups.toString(), request.env()));
        cgroups.create(size);
        command.addAll(cgroups.options());
        command.addAll(List.of("--timeout-ms", Long.toString(patience.toMillis())));
        command.addAll(List.of("--bwrap", bwrap.toString()));
        command.addAll(root.boundary(folder, request.tag().sandbox()));
        command.addAll(List.of("--", "--listen", "3", "--ready", "4", "--deadline-ms"));
        command.add(Long.toString(
                Math.max(1, Duration.between(createdAt, request.deadline()).toMillis())));
        command.addAll(root.agentOptions());
        Launcher.run(
                command,
                folder.launchedFile().toFile(),
                patience,
                () -> folder.launched().isPresent());
    }
}
