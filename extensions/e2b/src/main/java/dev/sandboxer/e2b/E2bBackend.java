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
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.feature.BackendSnapshot;
import dev.sandboxer.extension.feature.HttpPassage;
import dev.sandboxer.extension.feature.HttpTarget;
import dev.sandboxer.extension.feature.Measuring;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.feature.SandboxMetrics;
import dev.sandboxer.extension.feature.Snapshotting;
import dev.sandboxer.extension.feature.Variables;
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
            throw ExtensionException.notApplied(
                    Kind.INVALID, "a sandbox with the tag " + request.tag() + " already exists");
        }
        var made = new BackendRef(creation.create(request));
        return creation.killOnFailure(made, () -> {
            var view = control.get(made);
            if (E2bSnapshots.isSnapshot(request.spec().source())) {
                killRestoredProcesses(view);
            }
            return sandbox(view, request.tag());
        });
    }

    /** Kills all processes. E2B's snapshots keep memory and processes; the contract's keep only the disk. */
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
     * Asks the control plane for the sandbox's token, which fails when the sandbox is gone. Does not contact the
     * sandbox, and does not wake a paused one.
     */
    @Override
    public Session connect(BackendRef sandbox) {
        var view = control.get(sandbox);
        if (view.paused()) {
            throw ExtensionException.notApplied(
                    Kind.TRANSIENT, "the sandbox " + sandbox + " is paused; resume it first");
        }
        return session(view);
    }

    private Session session(SandboxView view) {
        return new E2bSession(envdClient(view));
    }

    private EnvdClient envdClient(SandboxView view) {
        var access = view.access();
        var origin = account.sandboxOrigin(view.ref().value(), access.domain(), EnvdTarget.PORT);
        var token = Objects.requireNonNullElse(access.token(), "");
        var target = new EnvdTarget(view.ref(), origin, token, access.envd());
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
        lifetimes.pause(sandbox, deadline, true);
    }

    @Override
    public void pauseDisk(BackendRef sandbox, Instant deadline) {
        lifetimes.pause(sandbox, deadline, false);
    }

    @Override
    public Instant resume(BackendRef sandbox, Instant deadline) {
        return lifetimes.resume(sandbox, deadline);
    }

    @Override
    public BackendSnapshot snapshot(BackendRef sandbox, String name) {
        return snapshots.snapshot(sandbox, name);
    }

    /** Asks the sandbox's daemon, {@code GET /envs}. Leaves out the variables that E2B sets itself. */
    @Override
    public Map<String, String> variables(BackendRef sandbox) {
        var view = control.get(sandbox);
        if (view.paused()) {
            throw ExtensionException.notApplied(
                    Kind.UNSUPPORTED,
                    "the variables of the sandbox " + sandbox + " can't be read while it is paused; resume it first");
        }
        return envdClient(view).variables();
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
