package dev.sandboxer.local;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.feature.Measuring;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.feature.SandboxMetrics;
import dev.sandboxer.local.agent.Timeouts;
import dev.sandboxer.local.host.RootSource;
import dev.sandboxer.local.network.HostNetwork;
import java.time.Instant;

/** A backend with pausing and metrics, for hosts whose control groups can freeze and measure a sandbox. */
class PausingBackend extends LocalBackend implements Pausing, Measuring {
    PausingBackend(
            Extension extension, ExtensionContext context, RootSource root, HostNetwork network, Timeouts timeouts) {
        super(extension, context, root, network, timeouts);
    }

    @Override
    public void pause(BackendRef sandbox, Instant deadline) {
        lifetime().pause(folder(sandbox), deadline);
    }

    @Override
    public void pauseDisk(BackendRef sandbox, Instant deadline) {
        if (!folder(sandbox).requireAlive().isFrozen()) {
            try (var session = connect(sandbox)) {
                new ProcessKiller(session.processes()).run();
            }
        }
        pause(sandbox, deadline);
    }

    @Override
    public Instant resume(BackendRef sandbox, Instant deadline) {
        lifetime().resume(folder(sandbox), deadline);
        return deadline;
    }

    @Override
    public SandboxMetrics metrics(BackendRef sandbox) {
        var folder = folder(sandbox);
        var request = folder.request().orElseThrow(() -> ExtensionException.gone(sandbox));
        return new MetricsReader(folder, request.cgroups())
                .read(context().clock().instant());
    }
}
