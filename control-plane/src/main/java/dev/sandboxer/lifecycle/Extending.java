package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;

/**
 * How a deadline is moved: at the backend first, since a row that promises more than the backend keeps would be a lie. Of two
 * who do it at once, the one whose row comes second tells the backend once more, so that both say the same in the end.
 */
record Extending(
        Store store,
        SandboxStore rows,
        ExtensionRegistry registry,
        Backends backends,
        Hibernation hibernation,
        InstantSource clock) {
    /** Until that long from now, or as long as its profile and its backend allow. */
    Sandbox extend(Sandbox sandbox, Duration ttl, Profile profile) {
        return Conflicts.again(
                () -> InProgress.alone(sandbox.id(), () -> extendNow(rows.current(sandbox), ttl, profile)));
    }

    private Sandbox extendNow(Sandbox sandbox, Duration ttl, Profile profile) {
        var extension = Sandboxes.requireRunning(sandbox);
        if (!registry.get(extension).capabilities().contains(Capability.EXTEND)) {
            throw new SandboxException(ErrorCode.UNSUPPORTED, extension + " can't move a deadline");
        }
        var latest = sandbox.latestDeadline(profile);
        var deadline = Instant.ofEpochMilli(clock.millis()).plus(ttl);
        var wanted = sandbox.until(deadline.isAfter(latest) ? latest : deadline);
        var until = backends.of(extension, sandbox.credential())
                .setDeadline(Objects.requireNonNull(sandbox.ref()), Hibernation.backendDeadline(wanted));
        return store.transaction(handle -> rows.update(handle, hibernation.granted(wanted, until)));
    }
}
