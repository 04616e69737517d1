package dev.sandboxer.e2b;

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
import dev.sandboxer.extension.OperationException;
import dev.sandboxer.extension.Pausing;
import dev.sandboxer.extension.ProcessSelector;
import dev.sandboxer.extension.SandboxMetrics;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.Session;
import dev.sandboxer.extension.Signal;
import dev.sandboxer.extension.Snapshotting;
import dev.sandboxer.extension.Variables;
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
    private final Watchdog watchdog = new Watchdog();
    private final ControlClient control;
    private final Creation creation;
    private final Deadlines deadlines;
    private final PauseNotes notes;
    private final E2bSnapshots snapshots;
    private final E2bMetrics metrics;
    private final Addresses addresses;

    E2bBackend(Extension extension, ExtensionContext context, E2bAccount account, PlanLimit limit, Patience patience) {
        this.extension = extension;
        this.context = context;
        this.account = account;
        this.http = new HttpCalls(patience);
        this.control = new ControlClient(http, account, context.clock());
        this.creation = new Creation(context, control, limit);
        this.deadlines = new Deadlines(context.clock(), control, limit);
        this.notes = new PauseNotes(context.directory());
        this.snapshots = new E2bSnapshots(context, control);
        this.metrics = new E2bMetrics(control);
        this.addresses = new Addresses(control, account);
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
                endWhatWasKept(view);
            }
            return sandbox(view, request.tag());
        });
    }

    /** A snapshot at E2B keeps memory with all processes; here it is a disk. */
    private void endWhatWasKept(SandboxView view) {
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

    /** Who asks gives a sandbox up when there is none, so that is made sure of. */
    @Override
    public Optional<BackendSandbox> find(SandboxTag tag) {
        return first(control.listSurely(SandboxView.TAG, tag.toString()), tag);
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
        try {
            var view = control.get(sandbox);
            if (view.tag() == null) {
                throw control.errors().nonsense("describing a sandbox", "none of our tags");
            }
            return Optional.of(sandbox(view, view.tag()));
        } catch (ExtensionException e) {
            if (e.kind() == Kind.GONE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private BackendSandbox sandbox(SandboxView view, SandboxTag tag) {
        var deadline = view.paused() ? notes.deadline(view.ref(), view.endAt()) : view.endAt();
        return new BackendSandbox(view.ref(), tag, view.size(), view.startedAt(), deadline, view.paused());
    }

    /** That of a paused one is only noted: E2B keeps it until it is removed. */
    @Override
    public Instant setDeadline(BackendRef sandbox, Instant deadline) {
        var until = deadlines.set(sandbox, deadline);
        if (until == null) {
            notes.put(sandbox, deadline);
            return deadline;
        }
        return until;
    }

    @Override
    public void destroy(BackendRef sandbox) {
        addresses.forget(sandbox);
        control.kill(sandbox);
        notes.remove(sandbox);
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

    private DataClient data(SandboxView view) {
        var origin = account.sandboxOrigin(view.ref().value(), view.domain(), DataTarget.PORT);
        var target = new DataTarget(view.ref(), origin, Objects.requireNonNullElse(view.token(), ""), view.envd());
        return new DataClient(http, watchdog, target, control);
    }

    @Override
    public HttpTarget httpTarget(BackendRef sandbox, int port) {
        return addresses.of(sandbox, port);
    }

    @Override
    public HttpTarget refreshHttpTarget(BackendRef sandbox, int port) {
        addresses.forget(sandbox);
        return addresses.of(sandbox, port);
    }

    @Override
    public Set<String> protocols() {
        return Set.of(DataTarget.PROTOCOL);
    }

    @Override
    public void pause(BackendRef sandbox, Instant deadline) {
        var reply = control.pause(sandbox);
        if (!reply.good() && !(reply.status() == 409 && control.get(sandbox).paused())) {
            throw control.errors().refused(reply, "pausing a sandbox", sandbox);
        }
        notes.put(sandbox, deadline);
    }

    /** Of one that runs already E2B only ever makes the time longer, so that it is set once more. */
    @Override
    public Instant resume(BackendRef sandbox, Instant deadline) {
        var until = deadlines.resume(sandbox, deadline);
        if (until == null) {
            until = deadlines.set(sandbox, deadline);
        }
        notes.remove(sandbox);
        return Objects.requireNonNullElse(until, deadline);
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
        watchdog.close();
        http.close();
    }
}
