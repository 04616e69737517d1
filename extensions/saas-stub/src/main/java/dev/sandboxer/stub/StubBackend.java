package dev.sandboxer.stub;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.feature.Variables;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.stub.plan.Counters;
import dev.sandboxer.stub.plan.DirectoryLock;
import dev.sandboxer.stub.plan.Fault;
import dev.sandboxer.stub.plan.Operation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Sandboxes of {@code ext.local} behind a rehearsed cloud API: each call has the latency and the faults of the plans.
 * Keeps no state in memory, so several processes may work on the same sandboxes. Subclasses add what only some hosts
 * can do.
 */
class StubBackend implements Backend, Variables {
    private final Extension extension;
    private final ExtensionContext context;
    private final Backend local;
    private final Variables variables;
    private final String plan;
    private final Counters counters;
    private final Notes notes;
    private final StubCreation creation;

    /**
     * @param local implements {@link Variables} too
     * @param plan the plan of the environment; empty = none
     */
    StubBackend(Extension extension, ExtensionContext context, Backend local, String plan) {
        this.extension = extension;
        this.context = context;
        this.local = local;
        this.variables = (Variables) local;
        this.plan = plan;
        this.counters = new Counters(context.directory().resolve("counters"));
        this.notes = new Notes(context.directory().resolve("notes"), context.clock());
        var room = new DirectoryLock(context.directory().resolve("room"));
        this.creation = new StubCreation(local, notes, room, context.clock());
    }

    @Override
    public void check() {
        var _ = accountRehearsal().call(Operation.CHECK, () -> true);
    }

    @Override
    public BackendSandbox create(CreateRequest request) {
        extension.supports(request.spec()).require();
        var template = StubTemplate.of(request.spec());
        return creation.create(request, template, rehearsal(template.plan()));
    }

    @Override
    public Optional<BackendSandbox> find(SandboxTag tag) {
        var rehearsal = rehearsal(notes.read(tag).plan());
        rehearsal.delay();
        var strike = rehearsal.next(Operation.FIND);
        var isEmpty = strike.filter(it -> it.fault() instanceof Fault.Empty).isPresent();
        return isEmpty ? Optional.empty() : Rehearsal.play(strike, () -> lookUp(tag));
    }

    private Optional<BackendSandbox> lookUp(SandboxTag tag) {
        var found = local.find(tag).filter(this::isShown);
        if (found.isEmpty() && notes.wasHidden(tag)) {
            // no caller ever saw this sandbox, so none will destroy it; list() removes what is left of it
            var _ = local.list();
            notes.remove(tag);
        }
        return found;
    }

    @Override
    public Optional<BackendSandbox> describe(BackendRef sandbox) {
        return call(Operation.DESCRIBE, sandbox, () -> local.describe(sandbox).filter(this::isShown));
    }

    @Override
    public List<BackendSandbox> list() {
        var rehearsal = accountRehearsal();
        rehearsal.delay();
        var strike = rehearsal.next(Operation.LIST);
        var isEmpty = strike.filter(it -> it.fault() instanceof Fault.Empty).isPresent();
        return isEmpty ? List.of() : Rehearsal.play(strike, this::shown);
    }

    private List<BackendSandbox> shown() {
        var live = local.list();
        notes.sweep(tag -> local.find(tag).isPresent());
        return live.stream().filter(this::isShown).toList();
    }

    private boolean isShown(BackendSandbox sandbox) {
        return !notes.isHidden(sandbox.tag());
    }

    @Override
    public Instant setDeadline(BackendRef sandbox, Instant deadline) {
        return call(Operation.SET_DEADLINE, sandbox, () -> local.setDeadline(sandbox, granted(sandbox, deadline)));
    }

    @Override
    public void destroy(BackendRef sandbox) {
        run(Operation.DESTROY, sandbox, () -> {
            local.destroy(sandbox);
            Notes.tag(sandbox).ifPresent(notes::remove);
        });
    }

    /** Has no latency, since connecting makes no call. */
    @Override
    public Session connect(BackendRef sandbox) {
        return callWithFault(rehearsalOf(sandbox), Operation.CONNECT, sandbox, () -> local.connect(sandbox));
    }

    @Override
    public Map<String, String> variables(BackendRef sandbox) {
        return call(Operation.VARIABLES, sandbox, () -> variables.variables(sandbox));
    }

    @Override
    public void close() {
        local.close();
    }

    final Instant granted(BackendRef sandbox, Instant deadline) {
        return rehearsalOf(sandbox).granted(deadline, context.clock().instant());
    }

    /** Returns the plans for calls that are about no sandbox. */
    final Rehearsal accountRehearsal() {
        return rehearsal("");
    }

    final void run(Operation operation, BackendRef sandbox, Runnable work) {
        var _ = call(operation, sandbox, () -> {
            work.run();
            return true;
        });
    }

    final <T> T call(Operation operation, BackendRef sandbox, Supplier<T> work) {
        var rehearsal = rehearsalOf(sandbox);
        rehearsal.delay();
        return callWithFault(rehearsal, operation, sandbox, work);
    }

    private <T> T callWithFault(Rehearsal rehearsal, Operation operation, BackendRef sandbox, Supplier<T> work) {
        var strike = rehearsal.next(operation);
        if (strike.filter(it -> it.fault() instanceof Fault.Expire).isPresent()) {
            local.destroy(sandbox);
        }
        return Rehearsal.play(strike, work);
    }

    private Rehearsal rehearsalOf(BackendRef sandbox) {
        return rehearsal(Notes.tag(sandbox).map(tag -> notes.read(tag).plan()).orElse(""));
    }

    private Rehearsal rehearsal(String templatePlan) {
        return Rehearsal.of(templatePlan, plan, counters);
    }
}
