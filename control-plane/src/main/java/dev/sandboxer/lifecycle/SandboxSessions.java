package dev.sandboxer.lifecycle;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.HttpPassage;
import dev.sandboxer.extension.feature.HttpTarget;
import dev.sandboxer.launch.LaunchedSession;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.routing.ExtensionRegistry;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Opens sessions in running sandboxes, and returns the HTTP addresses of their ports. */
record SandboxSessions(ExtensionRegistry registry, Backends backends, BackendCalls calls) {
    /** Runs some work in a session, see {@link Sandboxes#use}. */
    <T, E extends Exception> T use(Sandbox sandbox, Sandboxes.Work<T, E> work) throws E {
        sandbox.requireRunning();
        var extension = sandbox.extension();
        return calls.run(sandbox, () -> {
            try (var session = backends.ofLive(extension, sandbox.credential()).connect(sandbox.requireRef())) {
                return work.in(LaunchedSession.of(session, sandbox.launch()));
            }
        });
    }

    /** Returns the HTTP address of a port, see {@link Sandboxes#httpTarget(Sandbox, int)}. */
    Optional<HttpTarget> httpTarget(Sandbox sandbox, int port) {
        return target(sandbox, passage -> passage.httpTarget(sandbox.requireRef(), port));
    }

    /** Returns the HTTP address of a daemon, see {@link Sandboxes#httpTarget(Sandbox, int, String)}. */
    Optional<HttpTarget> httpTarget(Sandbox sandbox, int port, String protocol) {
        if (sandbox.launch().changesProcesses()) {
            return Optional.empty(); // the daemon doesn't know the launch's user and working directory
        }
        return target(
                sandbox,
                passage ->
                        passage.protocols().contains(protocol) ? passage.httpTarget(sandbox.requireRef(), port) : null);
    }

    /** Returns the HTTP address of a port without the cache, see {@link Sandboxes#refreshHttpTarget}. */
    Optional<HttpTarget> refreshHttpTarget(Sandbox sandbox, int port) {
        return target(sandbox, passage -> passage.refreshHttpTarget(sandbox.requireRef(), port));
    }

    private Optional<HttpTarget> target(Sandbox sandbox, Function<HttpPassage, @Nullable HttpTarget> question) {
        sandbox.requireRunning();
        var extension = sandbox.extension();
        if (!registry.get(extension).capabilities().contains(Capability.HTTP_PASSAGE)) {
            return Optional.empty();
        }
        return calls.run(sandbox, () -> {
            try {
                return backends.ofLive(extension, sandbox.credential()) instanceof HttpPassage passage
                        ? Optional.ofNullable(question.apply(passage))
                        : Optional.empty();
            } catch (ExtensionException e) {
                if (e.kind() == Kind.UNSUPPORTED) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }
}
