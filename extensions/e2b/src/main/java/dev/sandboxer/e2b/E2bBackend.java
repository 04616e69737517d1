package dev.sandboxer.e2b;

import dev.sandboxer.e2b.control.ControlClient;
import dev.sandboxer.e2b.control.E2bMetrics;
import dev.sandboxer.e2b.control.E2bSnapshots;
import dev.sandboxer.e2b.control.Lifetimes;
import dev.sandboxer.e2b.control.PlanLimit;
import dev.sandboxer.e2b.control.SandboxCreation;
import dev.sandboxer.e2b.control.SandboxView;
import dev.sandboxer.e2b.envd.E2bSession;
import dev.sandboxer.e2b.envd.EnvdClient;
import dev.sandboxer.e2b.envd.EnvdTarget;
import dev.sandboxer.e2b.http.HttpCalls;
import dev.sandboxer.e2b.http.IdleTimer;
import dev.sandboxer.e2b.http.Timeouts;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.BackendSnapshot;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.HttpPassage;
import dev.sandboxer.extension.HttpTarget;
import dev.sandboxer.extension.Measuring;
import dev.sandboxer.extension.Pausing;
import dev.sandboxer.extension.SandboxMetrics;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.Snapshotting;
import dev.sandboxer.extension.Variables;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.session.Signal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** One E2B account. Thread-safe. */
final class E2bBackend implements Backend, Pausing, Snapshotting, Measuring, HttpPassage, Variables {
    private final Extension extension;
    private final ExtensionContext context;
    private final E2bAccount account;
    private final HttpCalls http;
    private final IdleTimer idleTimer = new IdleTimer();
    private final ControlClient control;
    private final SandboxCreation creation;
    private final Lifetimes lifetimes;
    private final E2bSnapshots snapshots;
    private final E2bMetrics metrics;
    private final HttpTargets targets;

    E2bBackend(Extension extension, ExtensionContext context, E2bAccount account, PlanLimit limit, Timeouts timeouts) {
        this.extension = extension;
        this.context = context;
        this.account = account;
        this.http = new HttpCalls(timeouts);
        this.control = new ControlClient(http, account.apiUrl(), account.key(), context.clock());
        this.creation = new SandboxCreation(context, control, limit);
        this.lifetimes = new Lifetimes(context, control, limit);
        this.snapshots = new E2bSnapshots(context, control);
        this.metrics = new E2bMetrics(control);
        this.targets = new HttpTargets(control, account);
    }

    @Override
    public void check() {
        control.check();
    }

    @Override
    public BackendSandbox create(CreateRequest request) {
        extension.supports(request.spec()).require();
        if (first(control.list(SandboxView.TAG, request.tag().toString()), request.tag())
                .isPresent()) {
            throw ExtensionException.notApplied(Kind.INVALID, "there is a sandbox with the tag " + request.tag());
        }
        var made = new BackendRef(creation.create(request));
        return creation.afterwards(made, () -> {
            var view = control.get(made);
            if (E2bSnapshots.isSnapshot(request.spec().source())) {
                killRestoredProcesses(view);
            }
            return sandbox(view, request.tag());
        });
    }

    /** E2B's snapshots keep memory with all processes; the contract's are disks. */
    private void killRestoredProcesses(SandboxView view) {
        try (var session = session(view)) {
            for (var process : session.processes().list()) {
                try {
                    session.processes().signal(ProcessSelector.pid(process.pid()), Signal.KILL, true);
                } catch (OperationException e) {
                    if (e.reason() != OperationException.Reason.PROCESS_NOT_FOUND) {
                        throw e;
                    }
                }
            }
        }
    }

    /** An empty answer makes the caller drop the sandbox, so this asks twice. */
    @Override
    public Optional<BackendSandbox> find(SandboxTag tag) {
        return first(control.listTwice(SandboxView.TAG, tag.toString()), tag);
    }

    private Optional<BackendSandbox> first(List<SandboxView> views, SandboxTag tag) {
        return views.stream().filter(view -> tag.equals(view.tag())).findFirst().map(view -> sandbox(view, tag));
    }

    @Override
    public List<BackendSandbox> list() {
        return control.list(SandboxView.INSTALLATION, context.installation()).stream()
                .filter(view -> view.tag() != null && view.tag().installation().equals(context.installation()))
                .map(view -> sandbox(view, Objects.requireNonNull(view.tag())))
                .toList();
    }

    @Override
    public Optional<BackendSandbox> describe(BackendRef sandbox) {
        return control.find(sandbox).map(view -> sandbox(view, Objects.requireNonNull(view.tag())));
    }

    private BackendSandbox sandbox(SandboxView view, SandboxTag tag) {
        return new BackendSandbox(view.ref(), tag, view.size(), view.startedAt(), lifetimes.of(view), view.paused());
    }

    @Override
    public Instant setDeadline(BackendRef sandbox, Instant deadline) {
        return lifetimes.set(sandbox, deadline);
    }

    @Override
    public void destroy(BackendRef sandbox) {
        targets.forget(sandbox);
        control.kill(sandbox);
        lifetimes.forget(sandbox);
        metrics.forget(sandbox);
    }

    @Override
    public SandboxMetrics metrics(BackendRef sandbox) {
        return metrics.of(sandbox);
    }

    /**
     * Asks for the sandbox's token, and so whether it is there; nothing inside is contacted yet. A paused one is not woken.
     */
    @Override
    public Session connect(BackendRef sandbox) {
        var view = control.get(sandbox);
        if (view.paused()) {
            throw ExtensionException.notApplied(Kind.TRANSIENT, "the sandbox " + sandbox + " is paused");
        }
        return session(view);
    }

    private Session session(SandboxView view) {
        return new E2bSession(data(view));
    }

    private EnvdClient data(SandboxView view) {
        var origin = account.sandboxOrigin(view.ref().value(), view.domain(), EnvdTarget.PORT);
        var target = new EnvdTarget(view.ref(), origin, Objects.requireNonNullElse(view.token(), ""), view.envd());
        return new EnvdClient(http, idleTimer, target, control);
    }

    @Override
    public HttpTarget httpTarget(BackendRef sandbox, int port) {
        return targets.of(sandbox, port);
    }

    @Override
    public HttpTarget refreshHttpTarget(BackendRef sandbox, int port) {
        targets.forget(sandbox);
        return targets.of(sandbox, port);
    }

    @Override
    public Set<String> protocols() {
        return Set.of(EnvdTarget.PROTOCOL);
    }

    @Override
    public void pause(BackendRef sandbox, Instant deadline) {
        lifetimes.pause(sandbox, deadline);
    }

    @Override
    public Instant resume(BackendRef sandbox, Instant deadline) {
        return lifetimes.resume(sandbox, deadline);
    }

    @Override
    public BackendSnapshot snapshot(BackendRef sandbox, String name) {
        return snapshots.snapshot(sandbox, name);
    }

    /** As its daemon tells them, {@code GET /envs}; without what E2B itself has put there. */
    @Override
    public Map<String, String> variables(BackendRef sandbox) {
        var view = control.get(sandbox);
        if (view.paused()) {
            throw ExtensionException.notApplied(
                    Kind.UNSUPPORTED, "the sandbox " + sandbox + " is paused, and only it knows its variables");
        }
        return data(view).variables();
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
        idleTimer.close();
        http.close();
    }
}
