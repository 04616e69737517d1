package dev.sandboxer.stub;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.feature.Measuring;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.feature.SandboxMetrics;
import dev.sandboxer.stub.plan.Operation;
import java.time.Instant;

/** A {@link StubBackend} with pausing and metrics. */
class PausingStubBackend extends StubBackend implements Pausing, Measuring {
    private final Pausing pausing;
    private final Measuring measuring;

    /** @param local implements {@link Pausing} and {@link Measuring} too */
    PausingStubBackend(Extension extension, ExtensionContext context, Backend local, String plan) {
        super(extension, context, local, plan);
        this.pausing = (Pausing) local;
        this.measuring = (Measuring) local;
    }

    @Override
    public void pause(BackendRef sandbox, Instant deadline) {
        run(Operation.PAUSE, sandbox, () -> pausing.pause(sandbox, deadline));
    }

    @Override
    public void pauseDisk(BackendRef sandbox, Instant deadline) {
        run(Operation.PAUSE, sandbox, () -> pausing.pauseDisk(sandbox, deadline));
    }

    @Override
    public Instant resume(BackendRef sandbox, Instant deadline) {
        return call(Operation.RESUME, sandbox, () -> pausing.resume(sandbox, granted(sandbox, deadline)));
    }

    @Override
    public SandboxMetrics metrics(BackendRef sandbox) {
        return call(Operation.METRICS, sandbox, () -> measuring.metrics(sandbox));
    }
}
