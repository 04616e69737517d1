package dev.sandboxer.local;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.Measuring;
import dev.sandboxer.extension.Pausing;
import dev.sandboxer.extension.SandboxMetrics;
import dev.sandboxer.local.agent.Timeouts;
import dev.sandboxer.local.host.Cgroups;
import dev.sandboxer.local.host.RootSource;
import java.time.Instant;

/** The same where control groups stop and count sandboxes. */
class PausingBackend extends LocalBackend implements Pausing, Measuring {
    PausingBackend(ExtensionContext context, RootSource root, Timeouts patience) {
        super(context, root, patience);
    }

    @Override
    public void pause(BackendRef sandbox, Instant deadline) {
        lifetime().pause(folder(sandbox), deadline);
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
        return new MetricsReader(folder, Cgroups.parse(request.cgroups()))
                .read(context().clock().instant());
    }
}
