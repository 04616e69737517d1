package dev.sandboxer.extension.support;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReport;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.session.Session;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An extension whose sandboxes only run commands. Implements only what the session tests need. */
record ContainerExtension(Container.Image image) implements Extension {
    static final String USER = "user";

    @Override
    public ExtensionId id() {
        return new ExtensionId("ext.container");
    }

    @Override
    public String description() {
        return "Sandboxes that only run commands";
    }

    @Override
    public boolean metered() {
        return false;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.STDIN, Capability.PORTS, Capability.ROOT);
    }

    @Override
    public List<CredentialField> credentialFields() {
        return List.of();
    }

    @Override
    public Set<String> templates() {
        return Set.of();
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        return new HostReport(List.of());
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        return new Containers(this, new ConcurrentHashMap<>());
    }

    private record Running(BackendSandbox sandbox, Container container, ExecProcesses processes) {}

    private record Containers(ContainerExtension extension, Map<BackendRef, Running> running) implements Backend {
        @Override
        public void check() {}

        @Override
        public BackendSandbox create(CreateRequest request) {
            extension.supports(request.spec()).require();
            var container = new Container(extension.image, request.spec().env());
            var ref = new BackendRef(request.tag().toString());
            var sandbox = new BackendSandbox(
                    ref, request.tag(), request.spec().size(), Instant.EPOCH, request.deadline(), false);
            running.put(ref, new Running(sandbox, container, new ExecProcesses(container.exec(), USER)));
            return sandbox;
        }

        @Override
        public Optional<BackendSandbox> find(SandboxTag tag) {
            return list().stream().filter(it -> it.tag().equals(tag)).findFirst();
        }

        @Override
        public Optional<BackendSandbox> describe(BackendRef sandbox) {
            return Optional.ofNullable(running.get(sandbox)).map(Running::sandbox);
        }

        @Override
        public List<BackendSandbox> list() {
            return running.values().stream().map(Running::sandbox).toList();
        }

        @Override
        public Instant setDeadline(BackendRef sandbox, Instant deadline) {
            throw ExtensionException.notApplied(ExtensionException.Kind.UNSUPPORTED, "no deadlines");
        }

        @Override
        public void destroy(BackendRef sandbox) {
            var it = running.remove(sandbox);
            if (it != null) {
                it.container().close();
            }
        }

        @Override
        public Session connect(BackendRef sandbox) {
            var it = running.get(sandbox);
            if (it == null) {
                throw ExtensionException.gone(sandbox);
            }
            return ExecSession.of(it.container().exec(), it.processes(), USER);
        }

        @Override
        public void close() {
            List.copyOf(running.keySet()).forEach(this::destroy);
        }
    }
}
