package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.feature.Accounting;
import dev.sandboxer.extension.feature.Measuring;
import dev.sandboxer.extension.feature.SandboxMetrics;
import dev.sandboxer.hosts.Hosts;
import dev.sandboxer.hosts.Place;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.routing.ExtensionRegistry;
import java.util.Optional;

/** The usage of sandboxes as their backends report it. */
record ReportedUsage(ExtensionRegistry registry, Backends backends, BackendCalls calls, Hosts hosts) {
    /** Returns what a sandbox uses now, see {@link Sandboxes#metrics}. */
    SandboxMetrics metrics(Sandbox sandbox) {
        sandbox.requireNotEnded();
        var extension = sandbox.extension();
        return calls.run(sandbox, () -> {
            if (registry.get(extension).capabilities().contains(Capability.METRICS)
                    && backends.ofLive(extension, sandbox.credential()) instanceof Measuring measuring) {
                return measuring.metrics(sandbox.requireRef());
            }
            throw new SandboxException(ErrorCode.UNSUPPORTED, extension + " does not report what a sandbox uses");
        });
    }

    /** Returns how many processes were killed for lack of memory, see {@link Sandboxes#outOfMemoryKills}. */
    long outOfMemoryKills(Sandbox sandbox) {
        var measurable = sandbox.state() == SandboxState.RUNNING
                && hosts.of(sandbox.host()) instanceof Place.Here
                && backends.isHostBound(sandbox.extension())
                && backends.has(sandbox.extension(), Capability.METRICS);
        return measurable ? metrics(sandbox).outOfMemoryKills() : 0;
    }

    /** Returns the metered usage, see {@link Sandboxes#counted}. */
    Optional<Accounting.Usage> counted(Sandbox sandbox) {
        sandbox.requireNotEnded();
        return calls.run(sandbox, () -> {
            if (backends.ofLive(sandbox.extension(), sandbox.credential()) instanceof Accounting accounting) {
                return accounting.usage(sandbox.requireRef());
            }
            throw new SandboxException(
                    ErrorCode.UNSUPPORTED, sandbox.extension() + " does not meter what a sandbox uses");
        });
    }
}
