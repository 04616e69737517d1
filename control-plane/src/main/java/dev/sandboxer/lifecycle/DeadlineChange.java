package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.lifecycle.state.Cause;
import dev.sandboxer.lifecycle.state.Conflicts;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.lifecycle.state.Transitions;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.routing.ExtensionRegistry;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Moves a deadline: at the backend first, since a row must not promise more than the backend keeps. Of two changes at once, the
 * one whose row comes second tells the backend again, so that both agree in the end.
 */
record DeadlineChange(
        SandboxStore sandboxes,
        Transitions transitions,
        ExtensionRegistry registry,
        Backends backends,
        Leases leases,
        InstantSource clock) {
    /** Moves it to that long from now, or as far as its profile and its backend allow. */
    Sandbox extend(Sandbox sandbox, Duration ttl, Profile profile) {
        return Conflicts.retry(
                () -> leases.alone(sandbox.id(), () -> extendNow(sandboxes.current(sandbox), ttl, profile)));
    }

    private Sandbox extendNow(Sandbox sandbox, Duration ttl, Profile profile) {
        sandbox.requireRunning();
        if (!registry.get(sandbox.extension()).capabilities().contains(Capability.EXTEND)) {
            throw new SandboxException(ErrorCode.UNSUPPORTED, sandbox.extension() + " can't move a deadline");
        }
        var latest = sandbox.latestDeadline(profile);
        var deadline = clock.instant().plus(ttl);
        var wanted = sandbox.until(deadline.isAfter(latest) ? latest : deadline);
        var backend = backends.of(sandbox.extension(), sandbox.credential());
        var granted = backend.setDeadline(sandbox.requireRef(), wanted.backendDeadline());
        try {
            return transitions.commit(sandbox, wanted.granted(granted, clock.instant()), Cause.DEADLINE_MOVED);
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.CONFLICT) {
                restorePause(sandboxes.current(sandbox), backend);
            }
            throw e;
        }
    }

    /** Another worker may have paused it just before, and then the backend took the deadline for that of the pause. */
    private static void restorePause(Sandbox now, Backend backend) {
        if (now.state() == SandboxState.PAUSED) {
            backend.setDeadline(now.requireRef(), now.deadline());
        }
    }
}
