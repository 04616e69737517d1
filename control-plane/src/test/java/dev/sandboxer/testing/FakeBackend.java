package dev.sandboxer.testing;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.CreationProgress.Stage;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.feature.BackendSnapshot;
import dev.sandboxer.extension.feature.HttpPassage;
import dev.sandboxer.extension.feature.HttpTarget;
import dev.sandboxer.extension.feature.NetworkBytes;
import dev.sandboxer.extension.feature.NetworkCounting;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.feature.Snapshotting;
import dev.sandboxer.extension.feature.Variables;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.testing.Fault.Call;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A backend that keeps the extension contract, on a {@link FakeCloud}. */
public final class FakeBackend implements Backend, NetworkCounting, Pausing, Snapshotting, Variables, HttpPassage {
    private final FakeExtension extension;
    private final FakeCloud cloud;
    private final ExtensionContext context;
    private final @Nullable String key;
    private volatile boolean closed;

    FakeBackend(FakeExtension extension, ExtensionContext context, @Nullable String key) {
        this.extension = extension;
        this.key = key;
        this.cloud = extension.cloud();
        this.context = context;
    }

    @Override
    public void check() {
        call(Call.CHECK, () -> {});
    }

    @Override
    public BackendSandbox create(CreateRequest request) {
        requireOpen();
        return cloud.call(Call.CREATE, () -> {
            extension.supports(request.spec()).require();
            cloud.noteConsumer(request.consumer());
            request.report(Stage.STARTING, "starting " + request.tag());
            if (cloud.created().contains(request.tag())) {
                throw ExtensionException.notApplied(Kind.INVALID, "the tag " + request.tag() + " is taken");
            }
            return cloud.add(
                    new BackendSandbox(
                            new BackendRef("fake-" + request.tag()),
                            request.tag(),
                            request.spec().size(),
                            context.clock().instant(),
                            cloud.allowed(request.deadline()),
                            false),
                    request.spec().env(),
                    key);
        });
    }

    @Override
    public Optional<BackendSandbox> find(SandboxTag tag) {
        requireOpen();
        return cloud.call(
                Call.FIND,
                () -> cloud.running().stream()
                        .filter(sandbox -> sandbox.tag().equals(tag) && cloud.isOf(sandbox, key))
                        .findFirst(),
                Optional::empty);
    }

    @Override
    public Optional<BackendSandbox> describe(BackendRef ref) {
        requireOpen();
        return cloud.call(
                Call.DESCRIBE,
                () -> cloud.running().stream()
                        .filter(sandbox -> sandbox.ref().equals(ref) && cloud.isOf(sandbox, key))
                        .findFirst());
    }

    @Override
    public List<BackendSandbox> list() {
        requireOpen();
        return cloud.call(
                Call.LIST,
                () -> cloud.running().stream()
                        .filter(sandbox -> sandbox.tag().installation().equals(context.installation()))
                        .filter(sandbox -> cloud.isOf(sandbox, key))
                        .toList(),
                List::of);
    }

    @Override
    public Instant setDeadline(BackendRef ref, Instant deadline) {
        requireOpen();
        return cloud.call(Call.SET_DEADLINE, () -> moved(require(ref), deadline));
    }

    @Override
    public void pause(BackendRef ref, Instant deadline) {
        change(Call.PAUSE, ref, deadline, true);
    }

    @Override
    public Instant resume(BackendRef ref, Instant deadline) {
        return change(Call.RESUME, ref, deadline, false);
    }

    private Instant change(Call call, BackendRef ref, Instant wanted, boolean paused) {
        requireOpen();
        return cloud.call(call, () -> {
            var was = require(ref);
            return moved(
                    new BackendSandbox(ref, was.tag(), was.size(), was.createdAt(), was.deadline(), paused), wanted);
        });
    }

    /** Moves the deadline. The account's limit applies only to sandboxes that run. */
    private Instant moved(BackendSandbox sandbox, Instant wanted) {
        var until = sandbox.paused() ? wanted : cloud.allowed(wanted);
        cloud.put(new BackendSandbox(
                sandbox.ref(), sandbox.tag(), sandbox.size(), sandbox.createdAt(), until, sandbox.paused()));
        return until;
    }

    @Override
    public BackendSnapshot snapshot(BackendRef ref, String name) {
        requireOpen();
        return cloud.call(Call.SNAPSHOT, () -> {
            var sandbox = require(ref);
            return cloud.keep(new BackendSnapshot(
                    name,
                    "snapshot:" + name,
                    sandbox.size().diskMiB(),
                    context.clock().instant()));
        });
    }

    @Override
    public Map<String, String> variables(BackendRef ref) {
        requireOpen();
        return cloud.variables(require(ref).ref());
    }

    @Override
    public List<BackendSnapshot> snapshots() {
        return cloud.snapshots();
    }

    @Override
    public void deleteSnapshot(String name) {
        call(Call.DELETE_SNAPSHOT, () -> cloud.forget(name));
    }

    @Override
    public void destroy(BackendRef ref) {
        call(Call.DESTROY, () -> {
            if (cloud.isOf(ref, key)) { // for another account it doesn't exist, and absent is success
                cloud.lose(ref);
            }
        });
    }

    @Override
    public Optional<NetworkBytes> networkBytes(BackendRef ref) {
        requireOpen();
        return cloud.transferred(ref);
    }

    @Override
    public Session connect(BackendRef ref) {
        requireOpen();
        return cloud.call(Call.CONNECT, () -> {
            require(ref);
            return new FakeSession(() -> require(ref), cloud.behaviour());
        });
    }

    @Override
    public HttpTarget httpTarget(BackendRef ref, int port) {
        requireOpen();
        return cloud.target(port);
    }

    @Override
    public HttpTarget refreshHttpTarget(BackendRef ref, int port) {
        requireOpen();
        return cloud.call(Call.LOOK_UP_TARGET, () -> {
            require(ref);
            return cloud.target(port);
        });
    }

    @Override
    public Set<String> protocols() {
        return cloud.protocols();
    }

    @Override
    public void close() {
        closed = true;
    }

    private void call(Call call, Runnable effect) {
        requireOpen();
        cloud.call(call, () -> {
            effect.run();
            return true;
        });
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this backend is closed");
        }
        cloud.requireAccepted(key);
    }

    private BackendSandbox require(BackendRef ref) {
        return cloud.running().stream()
                .filter(sandbox -> cloud.isOf(sandbox, key))
                .filter(sandbox -> sandbox.ref().equals(ref))
                .findFirst()
                .orElseThrow(() -> ExtensionException.gone(ref));
    }
}
