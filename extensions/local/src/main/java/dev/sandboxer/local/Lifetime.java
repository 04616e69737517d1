package dev.sandboxer.local;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.local.agent.DeadlineMessage;
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
 * Changes the deadline of a sandbox, pauses and resumes it. What the folder says is true after each step: {@link
 * StoredRequest#pausedUntil} counts only while the sandbox is frozen, and whether it is frozen is the kernel's to say.
 */
record Lifetime(InstantSource clock, Timeouts timeouts) {
    /** A process that waits for a disk can't be frozen before the disk has answered. */
    private static final Duration FREEZE_LIMIT = Duration.ofSeconds(10);

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
            if (!freezer.freeze(FREEZE_LIMIT)) {
                folder.write(request.withPausedUntil(null));
                throw ExtensionException.notApplied(
                        Kind.TRANSIENT,
                        "something in the sandbox could not be stopped within " + FREEZE_LIMIT.toSeconds() + " s");
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
     * Sends the new deadline before the agent wakes up. The agent reads waiting messages before it acts on its old deadline,
     * which may have passed. If this process is killed before the thaw, the sandbox stays frozen although it is not to be
     * paused; {@link #thawIfForgotten} repairs that.
     */
    private void thaw(SandboxFolder folder, StoredRequest request, Instant deadline) throws IOException {
        try (var message = DeadlineMessage.send(folder, timeouts, remaining(deadline))) {
            folder.write(request.withDeadline(deadline));
            request.requireFreezer().thaw();
            message.awaitAnswer();
        }
    }

    private void tellAgent(SandboxFolder folder, StoredRequest request, Instant deadline) throws IOException {
        try (var message = DeadlineMessage.send(folder, timeouts, remaining(deadline))) {
            message.awaitAnswer();
            folder.write(request.withDeadline(deadline));
        }
    }

    private Duration remaining(Instant deadline) {
        return Duration.between(clock.instant(), deadline);
    }

    private boolean isExpired(StoredRequest request) {
        var until = request.pausedUntil();
        return until != null && !clock.instant().isBefore(until) && request.isFrozen();
    }

    /**
     * Returns true if a sandbox is paused and its deadline has passed; a frozen agent can't end it. Returns false while
     * another thread or process changes the sandbox.
     */
    boolean isExpired(SandboxFolder folder) {
        return FolderLock.ifFree(
                folder, () -> folder.request().filter(this::isExpired).isPresent());
    }

    /** Thaws a sandbox that is frozen but not to be paused: the process that was to thaw it has died. */
    void thawIfForgotten(SandboxFolder folder) {
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
