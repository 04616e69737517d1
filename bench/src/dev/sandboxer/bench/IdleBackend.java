package dev.sandboxer.bench;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.session.Session;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers sandboxes and runs none. */
final class IdleBackend implements Backend {
    private final Map<BackendRef, BackendSandbox> sandboxes = new ConcurrentHashMap<>();

    @Override
    public void check() {
        // there is no service to ask
    }

    @Override
    public BackendSandbox create(CreateRequest request) {
        var ref = new BackendRef(request.tag().toString());
        var made = new BackendSandbox(
                ref, request.tag(), request.spec().size(), Instant.now(), request.deadline(), false);
        sandboxes.put(ref, made);
        return made;
    }

    @Override
    public Optional<BackendSandbox> find(SandboxTag tag) {
        return describe(new BackendRef(tag.toString()));
    }

    @Override
    public Optional<BackendSandbox> describe(BackendRef sandbox) {
        return Optional.ofNullable(sandboxes.get(sandbox));
    }

    @Override
    public List<BackendSandbox> list() {
        return List.copyOf(sandboxes.values());
    }

    @Override
    public Instant setDeadline(BackendRef sandbox, Instant deadline) {
        return deadline;
    }

    @Override
    public void destroy(BackendRef sandbox) {
        sandboxes.remove(sandbox);
    }

    @Override
    public Session connect(BackendRef sandbox) {
        throw new UnsupportedOperationException("idle sandboxes run nothing");
    }

    @Override
    public void close() {
        sandboxes.clear();
    }
}
