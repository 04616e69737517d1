package dev.sandboxer.modal;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.feature.Accounting;
import dev.sandboxer.extension.feature.BackendSnapshot;
import dev.sandboxer.extension.feature.Snapshotting;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.modal.control.AccountFigures;
import dev.sandboxer.modal.control.AccountState;
import dev.sandboxer.modal.control.Apps;
import dev.sandboxer.modal.control.ControlClient;
import dev.sandboxer.modal.control.ImageBuilds;
import dev.sandboxer.modal.control.Lifetime;
import dev.sandboxer.modal.control.ModalAccount;
import dev.sandboxer.modal.control.SandboxCalls;
import dev.sandboxer.modal.control.SandboxCreation;
import dev.sandboxer.modal.control.SandboxListing;
import dev.sandboxer.modal.router.ModalSnapshots;
import dev.sandboxer.modal.router.SandboxConnections;
import dev.sandboxer.modal.rpc.Timeouts;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One Modal account. Thread-safe. */
final class ModalBackend implements Backend, Snapshotting, Accounting {
    private final Extension extension;
    private final ControlClient client;
    private final Apps apps;
    private final SandboxCalls sandboxes;
    private final SandboxListing listing;
    private final SandboxCreation creation;
    private final SandboxConnections connections;
    private final ModalSnapshots snapshots;
    private final AccountFigures figures;

    ModalBackend(
            Extension extension,
            ExtensionContext context,
            ModalAccount account,
            AccountState state,
            Timeouts timeouts,
            @Nullable String user) {
        this.extension = extension;
        this.client = new ControlClient(account, state, timeouts);
        this.apps = new Apps(context, client, state);
        this.sandboxes = new SandboxCalls(client);
        this.listing = new SandboxListing(context, client);
        this.creation = new SandboxCreation(context, client, apps, new ImageBuilds(client, state, apps), sandboxes);
        this.connections = new SandboxConnections(client, sandboxes, context.clock(), user);
        this.figures = new AccountFigures(client, sandboxes);
        this.snapshots = new ModalSnapshots(context, client, sandboxes, connections);
    }

    @Override
    public void check() {
        apps.check();
    }

    @Override
    public BackendSandbox create(CreateRequest request) {
        extension.supports(request.spec()).require();
        var made = creation.create(request);
        connections.register(made.ref(), made.task(), made.access(), made.record());
        return made.record().toSandbox(made.ref(), made.createdAt());
    }

    @Override
    public Optional<BackendSandbox> find(SandboxTag tag) {
        return listing.find(tag);
    }

    @Override
    public List<BackendSandbox> list() {
        return listing.list();
    }

    @Override
    public Optional<BackendSandbox> describe(BackendRef sandbox) {
        var end = sandboxes.findEnd(sandbox);
        if (end.isPresent()) {
            connections.end(sandbox, end.get());
            return Optional.empty();
        }
        return sandboxes.record(sandbox).map(record -> record.toSandbox(sandbox, record.requestedAt()));
    }

    @Override
    public Instant setDeadline(BackendRef sandbox, Instant deadline) {
        throw Lifetime.notExtendable();
    }

    @Override
    public void destroy(BackendRef sandbox) {
        connections.destroy(sandbox);
    }

    @Override
    public Session connect(BackendRef sandbox) {
        return connections.open(sandbox);
    }

    @Override
    public Optional<Usage> usage(BackendRef sandbox) {
        return figures.usage(sandbox);
    }

    @Override
    public Map<String, String> rates() {
        return figures.rates();
    }

    @Override
    public BackendSnapshot snapshot(BackendRef sandbox, String name) {
        return snapshots.snapshot(sandbox, name);
    }

    @Override
    public List<BackendSnapshot> snapshots() {
        return snapshots.snapshots();
    }

    @Override
    public void deleteSnapshot(String name) {
        snapshots.deleteSnapshot(name);
    }

    @Override
    public void close() {
        connections.close();
        client.close();
    }
}
