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
 * Changes the deadline of a sandbox, pauses and resumes it. The sandbox's folder is consistent after every step, so a crash between
 * two steps does no harm: {@link StoredRequest#pausedUntil} has an effect only while the kernel reports the sandbox as frozen.
 */
record Lifetime(InstantSource clock, Timeouts timeouts) {
    /** A process that waits for a disk can't be frozen before the disk has answered. */
    private static final Duration FREEZE_LIMIT = Duration.ofSeconds(10);

    void setDeadline(SandboxFolder folder, Instant deadline) {
        FolderLock.change(folder, "the deadline was not recorded", () -> {
            var request = folder.requireAlive();
            if (request.isPauseRecorded() && request.isFrozen()) {
                folder.write(request.withPausedUntil(deadline));
            } else {
                sendDeadline(folder, request, deadline);
            }
        });
    }

    void pause(SandboxFolder folder, Instant deadline) {
        FolderLock.change(folder, "the sandbox was not paused", () -> {
            var request = folder.requireAlive();
            var freezer = request.requireFreezer();
            folder.write(request.withPausedUntil(deadline));
            if (!freezer.freeze(FREEZE_LIMIT)) {
                folder.write(request.withPausedUntil(null));
                throw ExtensionException.notApplied(
                        Kind.TRANSIENT,
                        "a process in the sandbox did not stop within " + FREEZE_LIMIT.toSeconds() + " s; try again");
            }
            folder.requireAlive();
        });
    }

    void resume(SandboxFolder folder, Instant deadline) {
        FolderLock.change(folder, "the sandbox was not resumed", () -> {
            var request = folder.requireAlive();
            if (!request.isFrozen()) {
                sendDeadline(folder, request, deadline);
            } else if (isExpired(request)) {
                throw folder.gone();
            } else {
                thaw(folder, request, deadline);
            }
        });
    }

    /**
     * Sends the new deadline, then thaws the sandbox. The agent reads waiting messages before it acts on its old deadline, which may
     * have passed. If this process is killed before the thaw, the sandbox stays frozen without being paused;
     * {@link #thawIfForgotten} repairs that.
     */
    private void thaw(SandboxFolder folder, StoredRequest request, Instant deadline) throws IOException {
        try (var message = DeadlineMessage.send(folder, timeouts, remaining(deadline))) {
            folder.write(request.withDeadline(deadline));
            request.requireFreezer().thaw();
            message.awaitAnswer();
        }
    }

    private void sendDeadline(SandboxFolder folder, StoredRequest request, Instant deadline) throws IOException {
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
     * Returns true if a sandbox is paused and its deadline has passed. The caller has to end it, because a frozen agent can't.
     * Returns false while another thread or process changes the sandbox.
     */
    boolean isExpired(SandboxFolder folder) {
        return FolderLock.ifFree(
                folder, () -> folder.request().filter(this::isExpired).isPresent());
    }

    /** Thaws a sandbox that is frozen but not paused, because the process that should have thawed it has died. */
    void thawIfForgotten(SandboxFolder folder) {
        FolderLock.ifFree(folder, () -> {
            var forgotten = folder.request().filter(it -> !it.isPauseRecorded() && it.isFrozen());
            if (forgotten.isPresent()) {
                forgotten.get().requireFreezer().thaw();
                Files.deleteIfExists(folder.unfinishedSnapshot());
            }
            return true;
        });
    }
}
