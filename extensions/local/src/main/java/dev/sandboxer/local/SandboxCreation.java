package dev.sandboxer.local;

import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.CreationProgress.Stage;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.feature.BackendSnapshot;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.local.disk.BaseTemplate;
import dev.sandboxer.local.disk.SandboxRoot;
import dev.sandboxer.local.disk.SnapshotStore;
import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.folder.StoredRequest;
import dev.sandboxer.local.host.AgentBinary;
import dev.sandboxer.local.host.CgroupView;
import dev.sandboxer.local.host.HostCapacity;
import dev.sandboxer.local.host.HostCgroups;
import dev.sandboxer.local.host.HostFailure;
import dev.sandboxer.local.host.HostPrograms;
import dev.sandboxer.local.host.HostUser;
import dev.sandboxer.local.host.Launcher;
import dev.sandboxer.local.host.OvercommitLimits;
import dev.sandboxer.local.host.RootSource;
import dev.sandboxer.local.host.Uids;
import dev.sandboxer.local.network.HostNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Creates sandboxes, and removes what a failed creation leaves behind. */
record SandboxCreation(
        ExtensionContext context, RootSource root, HostNetwork network, Path sandboxes, SnapshotStore snapshots) {
    static final Source BASE = new Source.Template(BaseTemplate.NAME);

    /** The longest path of a Unix socket, in bytes. */
    private static final int MAX_SOCKET_PATH_BYTES = 107;

    /** A snapshot may contain gigabytes. */
    private static final Duration SNAPSHOT_COPY_TIMEOUT = Duration.ofMinutes(2);

    SandboxFolder create(CreateRequest request) {
        new CreateRules(context.clock()).check(request);
        var snapshot = snapshotFor(request.spec().source());
        request.report(Stage.STARTING, "starting a sandbox on this machine");
        var folder = makeFolder(request.tag());
        var removal = new SandboxRemoval(context.directory());
        try {
            var capacity = new HostCapacity(context.reserve().get());
            requireRoom(folder, request.spec().size(), capacity);
            launch(request, snapshot, folder, capacity);
            return folder;
        } catch (ExtensionException e) {
            if (e.effect() == Effect.NOT_APPLIED) {
                removal.tryRemove(folder);
            }
            if (snapshot.isPresent()) {
                snapshotFor(request.spec().source()); // throws a better message if the snapshot was deleted meanwhile
            }
            throw e;
        } catch (IOException | UncheckedIOException e) {
            removal.tryRemove(folder);
            throw new ExtensionException(
                    HostFailure.isDiskFull(e) ? Kind.CAPACITY : Kind.INTERNAL,
                    Effect.NOT_APPLIED,
                    null,
                    "the sandbox could not be created: " + e.getMessage(),
                    e);
        }
    }

    /** Refuses a sandbox that needs more than this host has. Overcommitting applies to the sum of all sandboxes, not to a single one. */
    private void requireRoom(SandboxFolder folder, SandboxSize size, HostCapacity capacity) throws IOException {
        var memory = HostUser.isRoot() ? capacity.memory() >> 20 : Long.MAX_VALUE;
        if (size.memoryMiB() > memory) {
            throw ExtensionException.notApplied(
                    Kind.CAPACITY,
                    "this host has " + memory + " MiB of memory for sandboxes, but the request is for "
                            + size.memoryMiB()
                            + " MiB; ask for less (--memory), or see host.reserveMemory in config.yaml");
        }
        var free = capacity.reserve().freeDisk(folder.path()) >> 20;
        var wanted = root == RootSource.IMAGE ? size.diskMiB() : 0;
        if (free < wanted) {
            throw ExtensionException.notApplied(
                    Kind.CAPACITY,
                    "this host has " + Math.max(0, free) + " MiB of disk for a new sandbox, but the request is for "
                            + wanted + " MiB; ask for less (--disk), or free some space");
        }
    }

    /** Checks the overcommitment. Runs after the sandbox's own groups and disk were created, since these count too. */
    private void requireWithinOvercommit(SandboxFolder folder, HostCapacity capacity) throws IOException {
        var groups = HostCgroups.ofThisProcess();
        groups.limitTogether(capacity);
        var limits = new OvercommitLimits(groups, capacity);
        limits.checkMemoryAndProcesses();
        if (root == RootSource.IMAGE) {
            limits.checkDisks(sandboxes, folder.image().getFileName().toString());
        }
    }

    static boolean isFromBase(CreateRequest request) {
        return request.spec().source().equals(BASE);
    }

    /**
     * Returns the snapshot to start from; empty for the built-in template.
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
            return Optional.of(found.orElseThrow(() ->
                    ExtensionException.notApplied(Kind.INVALID, "snapshot not found on this machine: " + source)));
        } catch (IOException e) {
            throw new ExtensionException(
                    Kind.TRANSIENT, Effect.NOT_APPLIED, null, "can't read the snapshot: " + HostFailure.text(e), e);
        }
    }

    private SandboxFolder makeFolder(SandboxTag tag) {
        var folder = new SandboxFolder(sandboxes.resolve(tag.toString()));
        var socket = folder.socket();
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH_BYTES) {
            throw ExtensionException.notApplied(
                    Kind.UNSUPPORTED,
                    "the path of SANDBOXER_HOME is too long for a Unix socket below it (" + socket + " has more than "
                            + MAX_SOCKET_PATH_BYTES + " bytes); use a shorter one");
        }
        try {
            return SandboxFolder.make(sandboxes, tag);
        } catch (IOException e) {
            if (e instanceof FileAlreadyExistsException && folder.exists()) {
                throw ExtensionException.notApplied(Kind.INVALID, "a sandbox with the tag " + tag + " already exists");
            }
            throw new ExtensionException(
                    HostFailure.isDiskFull(e) ? Kind.CAPACITY : Kind.INTERNAL,
                    Effect.NOT_APPLIED,
                    null,
                    "can't make a directory in " + sandboxes + ": " + HostFailure.text(e),
                    e);
        }
    }

    private void launch(
            CreateRequest request, Optional<BackendSnapshot> snapshot, SandboxFolder folder, HostCapacity capacity)
            throws IOException {
        var requested = request.spec().size();
        var diskMiB = snapshot.map(BackendSnapshot::diskMiB).orElse(requested.diskMiB());
        var size = new SandboxSize(requested.cpuMillis(), requested.memoryMiB(), diskMiB);
        var bwrap = bubblewrap();
        var agent = AgentBinary.in(context.directory());
        var uids = Uids.of(root, agent, context.directory());
        var template = new BaseTemplate(context.directory().resolve("t"), agent, uids.diskOwner(root));
        var image = snapshot.map(it -> snapshots.file(it.name()));
        var rootOptions = new SandboxRoot(root, uids, template).prepare(folder, image, diskMiB);
        var createdAt = context.clock().instant();
        var cgroups = HostCgroups.ofThisProcess().of(request.tag());
        // stored before the groups exist, so that the removal of a half-made sandbox can find them
        folder.write(new StoredRequest(
                size,
                createdAt,
                request.deadline(),
                null,
                cgroups,
                request.spec().env()));
        cgroups.create(size);
        requireWithinOvercommit(folder, capacity);
        var networkOptions = network.launchOptions(folder, request.spec().network());
        var timeout = snapshot.isPresent() ? SNAPSHOT_COPY_TIMEOUT : Launcher.TIMEOUT;
        var command = new ArrayList<String>();
        command.addAll(List.of(agent.toString(), "launch"));
        command.addAll(List.of("--socket", folder.socket().toString()));
        command.addAll(rootOptions);
        command.addAll(cgroups.options());
        command.addAll(networkOptions);
        command.addAll(List.of("--timeout-ms", Long.toString(timeout.toMillis())));
        command.addAll(List.of("--bwrap", bwrap.toString()));
        command.addAll(
                root.boundary(folder.tree(), request.tag().sandbox(), size.memoryMiB(), !networkOptions.isEmpty()));
        command.addAll(CgroupView.binds(cgroups));
        command.add("--");
        command.addAll(agentOptions(size, Duration.between(createdAt, request.deadline())));
        var output = folder.launchedFile().toFile();
        Launcher.run(command, output, timeout, () -> folder.launched().isPresent());
    }

    private static Path bubblewrap() {
        return HostPrograms.find("bwrap")
                .orElseThrow(() -> ExtensionException.notApplied(
                        Kind.UNSUPPORTED, "bubblewrap is not installed; run: apt-get install bubblewrap"));
    }

    private List<String> agentOptions(SandboxSize size, Duration life) {
        var options = new ArrayList<>(List.of("--listen", "3", "--ready", "4"));
        options.addAll(List.of("--deadline-ms", Long.toString(Math.max(1, life.toMillis()))));
        options.addAll(root.agentOptions());
        options.addAll(List.of("--env", "LANG=C.UTF-8"));
        if (root != RootSource.PLAIN_USER) { // nproc and many libraries read this
            options.addAll(List.of("--env", "OMP_NUM_THREADS=" + Math.ceilDiv(size.cpuMillis(), 1000)));
        }
        return options;
    }
}
