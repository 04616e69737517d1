package dev.sandboxer.local;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.feature.NetworkBytes;
import dev.sandboxer.extension.feature.NetworkCounting;
import dev.sandboxer.extension.feature.NetworkUpdating;
import dev.sandboxer.extension.feature.Variables;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.local.agent.AgentConnector;
import dev.sandboxer.local.agent.LocalSession;
import dev.sandboxer.local.agent.Timeouts;
import dev.sandboxer.local.disk.SnapshotStore;
import dev.sandboxer.local.folder.FolderLock;
import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.folder.StoredRequest;
import dev.sandboxer.local.host.AgentBinary;
import dev.sandboxer.local.host.HostFailure;
import dev.sandboxer.local.host.RootSource;
import dev.sandboxer.local.network.HostNetwork;
import dev.sandboxer.local.network.NetworkCounter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The backend for sandboxes on this machine. Keeps no state in memory, so several processes may work on the same sandboxes. Subclasses add
 * the features that only some hosts support.
 */
class LocalBackend implements Backend, NetworkUpdating, NetworkCounting, Variables {
    /** Much longer than any creation takes. A sandbox in creation for longer is a leftover of a killed process. */
    private static final Duration MAX_CREATION_TIME = Duration.ofMinutes(10);

    private static final FairLimiter CREATIONS = FairLimiter.ofThisMachine();

    private final Extension extension;
    private final ExtensionContext context;
    private final Timeouts timeouts;
    private final HostNetwork network;
    private final Path sandboxes;
    private final SnapshotStore snapshots;
    private final Lifetime lifetime;
    private final SandboxCreation creation;
    private final SandboxRemoval removal;

    LocalBackend(
            Extension extension, ExtensionContext context, RootSource root, HostNetwork network, Timeouts timeouts) {
        this.extension = extension;
        this.context = context;
        this.timeouts = timeouts;
        this.network = network;
        this.sandboxes = context.directory().resolve("s");
        this.snapshots = new SnapshotStore(context.directory().resolve("d"), context.installation());
        this.lifetime = new Lifetime(context.clock(), timeouts);
        this.creation = new SandboxCreation(context, root, network, sandboxes, snapshots);
        this.removal = new SandboxRemoval(context.directory());
    }

    @Override
    public void check() {
        // there is no credential to check
    }

    @Override
    public BackendSandbox create(CreateRequest request) {
        extension.supports(request.spec()).require();
        // a creation from a snapshot takes no permit: the copy may take long, and others must not wait for it
        var folder = SandboxCreation.isFromBase(request)
                ? CREATIONS.run(() -> creation.create(request))
                : creation.create(request);
        return describe(folder).orElseThrow(folder::gone);
    }

    @Override
    public Optional<BackendSandbox> find(SandboxTag tag) {
        var folder = new SandboxFolder(sandboxes.resolve(tag.toString()));
        try {
            folder.awaitLauncher(); // a launcher keeps running after its caller has died
        } catch (IOException e) {
            throw ExtensionException.unknown(
                    Kind.TRANSIENT, "can't tell whether the sandbox is being launched: " + HostFailure.text(e), e);
        }
        return describe(folder);
    }

    @Override
    public Optional<BackendSandbox> describe(BackendRef sandbox) {
        return describe(folder(sandbox));
    }

    /** Lists the live sandboxes. Also removes the folders, disks and control groups of sandboxes whose agent has died. */
    @Override
    public List<BackendSandbox> list() {
        var found = new ArrayList<BackendSandbox>();
        for (SandboxFolder folder : folders()) {
            var sandbox = describe(folder);
            if (sandbox.isPresent()) {
                found.add(sandbox.get());
            } else if (isLeftover(folder)) {
                removal.tryRemove(folder);
            }
        }
        return found;
    }

    private List<SandboxFolder> folders() {
        var found = new ArrayList<SandboxFolder>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(sandboxes, context.installation() + "-*")) {
            entries.forEach(path -> found.add(new SandboxFolder(path)));
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException | DirectoryIteratorException e) {
            throw ExtensionException.unknown(Kind.TRANSIENT, "can't list " + sandboxes + ": " + e, e);
        }
        return found;
    }

    /** Returns true if the sandbox was launched but is dead or unusable, or if its creation was aborted. */
    private boolean isLeftover(SandboxFolder folder) {
        var longAgo = context.clock().instant().minus(MAX_CREATION_TIME);
        return folder.launched().isPresent()
                ? (!folder.alive() || folder.request().isEmpty()) && !hasUnreadCount(folder, longAgo)
                : folder.untouchedSince(longAgo);
    }

    /** Returns true if the last network count of a sandbox is still to be metered. Metering reads that count, then destroys the sandbox. */
    private static boolean hasUnreadCount(SandboxFolder folder, Instant longAgo) {
        try {
            return folder.hasNetworkCountSince(longAgo);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Describes a live sandbox. Also thaws a sandbox that a dead process left frozen, and removes one that has been paused past its
     * deadline.
     */
    private Optional<BackendSandbox> describe(SandboxFolder folder) {
        var found = folder.alive() ? folder.request() : Optional.<StoredRequest>empty();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var request = found.get();
        var frozen = request.isFrozen();
        if (frozen && lifetime.isExpired(folder)) {
            removal.tryRemove(folder);
            return Optional.empty();
        }
        var until = frozen ? request.pausedUntil() : null;
        if (frozen && until == null) {
            lifetime.thawIfForgotten(folder);
        }
        return Optional.of(new BackendSandbox(
                folder.ref(),
                folder.tag(),
                request.size(),
                request.createdAt(),
                until == null ? request.deadline() : until,
                until != null));
    }

    @Override
    public Instant setDeadline(BackendRef sandbox, Instant deadline) {
        lifetime.setDeadline(folder(sandbox), deadline);
        return deadline;
    }

    @Override
    public Map<String, String> variables(BackendRef sandbox) {
        return folder(sandbox).requireAlive().env();
    }

    @Override
    public void updateNetwork(BackendRef sandbox, NetworkRules rules) {
        var folder = folder(sandbox);
        FolderLock.change(folder, "the network rules were not changed", () -> {
            var spec = SandboxSpec.builder(
                    SandboxCreation.BASE, folder.requireAlive().size());
            extension.supports(spec.network(rules).build()).require();
            if (folder.requireAlive().isFrozen()) {
                throw ExtensionException.notApplied(
                        Kind.TRANSIENT, "the sandbox " + folder.ref() + " is paused; resume it first");
            }
            if (Files.exists(folder.networkRules())) {
                network.update(folder, rules, AgentBinary.in(context.directory()));
            } else if (!HostNetwork.deniesAll(rules)) {
                throw ExtensionException.notApplied(
                        Kind.UNSUPPORTED,
                        "this sandbox was created without a network and can't get one;"
                                + " create another one with a network (--network, --allow, allowOut)");
            }
        });
    }

    @Override
    public Optional<NetworkBytes> networkBytes(BackendRef sandbox) {
        try {
            return NetworkCounter.of(folder(sandbox));
        } catch (IOException e) {
            throw ExtensionException.unknown(
                    Kind.TRANSIENT, "the sandbox's network count could not be read: " + HostFailure.text(e), e);
        }
    }

    @Override
    public void destroy(BackendRef sandbox) {
        try {
            removal.remove(folder(sandbox));
        } catch (IOException e) {
            throw ExtensionException.unknown(Kind.TRANSIENT, "the sandbox was not removed: " + HostFailure.text(e), e);
        } catch (UncheckedIOException e) {
            throw ExtensionException.unknown(Kind.TRANSIENT, "the sandbox was not ended: " + e.getMessage(), e);
        }
    }

    @Override
    public Session connect(BackendRef sandbox) {
        var folder = folder(sandbox);
        var request = folder.requireAlive();
        if (request.isFrozen()) {
            lifetime.thawIfForgotten(folder);
        }
        var agent = new AgentConnector(folder, request.cgroups(), timeouts);
        agent.requireNotPaused();
        return new LocalSession(agent);
    }

    final ExtensionContext context() {
        return context;
    }

    final Lifetime lifetime() {
        return lifetime;
    }

    final SnapshotStore snapshotStore() {
        return snapshots;
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
        // no resources are held
    }
}
