package dev.sandboxer.local;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.local.agent.AgentConnection;
import dev.sandboxer.local.agent.FrameType;
import dev.sandboxer.local.agent.FrameWriter;
import dev.sandboxer.local.agent.Timeouts;
import dev.sandboxer.local.folder.FolderLock;
import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.folder.StoredRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Until when a sandbox lives, and whether time passes in it. Each step leaves the folder in a state that is true: what
 * {@link StoredRequest#pausedUntil} says counts while the sandbox is frozen, and the kernel knows whether it is.
 */
record Lifetime(InstantSource clock, Timeouts patience) {
    /** Processes that wait for a disk can't be frozen before it has answered. */
    private static final Duration FREEZING = Duration.ofSeconds(10);

    void setDeadline(SandboxFolder folder, Instant deadline) {
        FolderLock.change(folder, "the deadline was not recorded", () -> {
            var request = folder.living();
            if (request.isToBePaused() && request.isFrozen()) {
                folder.write(request.withPausedUntil(deadline));
            } else {
                tellAgent(folder, request, deadline);
            }
        });
    }

    void pause(SandboxFolder folder, Instant deadline) {
        FolderLock.change(folder, "the sandbox was not paused", () -> {
            var request = folder.living();
            var freezer = request.requireFreezer();
            folder.write(request.withPausedUntil(deadline));
            if (!freezer.freeze(FREEZING)) {
                folder.write(request.withPausedUntil(null));
                throw ExtensionException.notApplied(
                        Kind.TRANSIENT,
                        "something in the sandbox could not be stopped within " + FREEZING.toSeconds() + " s");
            }
            folder.living();
        });
    }

    void resume(SandboxFolder folder, Instant deadline) {
        FolderLock.change(folder, "the sandbox was not resumed", () -> {
            var request = folder.living();
            if (!request.isFrozen()) {
                tellAgent(folder, request, deadline);
            } else if (isExpired(request)) {
                throw folder.gone();
            } else {
                thaw(folder, request, deadline);
            }
        });
    }

    /**
     * The new deadline waits at the agent's door before the agent wakes up, and it answers the door before it ends: so it
     * doesn't matter that its old deadline may have passed. Killed before the thaw, this leaves a frozen sandbox that nobody
     * wants paused, see {@link #wakeWhenForgotten}.
     */
    private void thaw(SandboxFolder folder, StoredRequest request, Instant deadline) throws IOException {
        try (var connection = AgentConnection.open(folder, patience.answer())) {
            connection.send(new FrameWriter(FrameType.DEADLINE).u64(remaining(deadline)));
            folder.write(request.withDeadline(deadline));
            request.requireFreezer().thaw();
            connection.expect(FrameType.OK);
        }
    }

    private void tellAgent(SandboxFolder folder, StoredRequest request, Instant deadline) throws IOException {
        try (var connection = AgentConnection.open(folder, patience.answer())) {
            connection.send(new FrameWriter(FrameType.DEADLINE).u64(remaining(deadline)));
            connection.expect(FrameType.OK);
            folder.write(request.withDeadline(deadline));
        }
    }

    private long remaining(Instant deadline) {
        return Math.max(0, Duration.between(clock.instant(), deadline).toMillis());
    }

    private boolean isExpired(StoredRequest request) {
        var until = request.pausedUntil();
        return until != null && !clock.instant().isBefore(until) && request.isFrozen();
    }

    /**
     * Whether a sandbox has been paused for as long as it may; a frozen agent can't end by itself. No while somebody is
     * changing that.
     */
    boolean isExpired(SandboxFolder folder) {
        return FolderLock.ifFree(
                folder, () -> folder.request().filter(this::isExpired).isPresent());
    }

    /** Thaws a sandbox that stands still although nobody wants it paused: whoever was to thaw it has died. */
    void wakeWhenForgotten(SandboxFolder folder) {
        FolderLock.ifFree(folder, () -> {
            var forgotten = folder.request().filter(it -> !it.isToBePaused() && it.isFrozen());
            if (forgotten.isPresent()) {
                forgotten.get().requireFreezer().thaw();
                Files.deleteIfExists(folder.unfinishedSnapshot());
            }
            return true;
        });
    }
}
