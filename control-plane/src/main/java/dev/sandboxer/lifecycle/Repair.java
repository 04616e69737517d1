package dev.sandboxer.lifecycle;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.lifecycle.snapshots.Snapshots;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.Attempt.End;
import dev.sandboxer.lifecycle.state.AttemptStore;
import dev.sandboxer.lifecycle.state.Cause;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Leases;
import dev.sandboxer.lifecycle.state.PendingChange;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.lifecycle.state.Transitions;
import dev.sandboxer.lifecycle.terms.OnTimeout;
import dev.sandboxer.routing.Backends;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finishes or undoes what crashed processes have left unfinished. Safe to run at any time, and in several processes at once. */
public final class Repair {
    /** After this time, a backend has carried out a request or never will. */
    private static final Duration ANSWERED_BY = Duration.ofMinutes(2);

    private final SandboxStore sandboxes;
    private final AttemptStore attempts;
    private final Transitions transitions;
    private final Backends backends;
    private final Termination termination;
    private final PauseResume pauseResume;
    private final Snapshots snapshots;
    private final Leases leases;
    private final InstantSource clock;
    private final Backoff backoff;

    Repair(
            SandboxStore sandboxes,
            AttemptStore attempts,
            Transitions transitions,
            Backends backends,
            Termination termination,
            PauseResume pauseResume,
            Snapshots snapshots,
            Leases leases,
            InstantSource clock) {
        this.sandboxes = sandboxes;
        this.attempts = attempts;
        this.transitions = transitions;
        this.backends = backends;
        this.termination = termination;
        this.pauseResume = pauseResume;
        this.snapshots = snapshots;
        this.leases = leases;
        this.clock = clock;
        this.backoff = new Backoff(clock);
    }

    /**
     * What repair did to one sandbox.
     *
     * @param text message for users
     */
    public record Settled(SandboxId sandbox, String text) {}

    /**
     * Writes the ends that could not be written while the disk was full. Until then these sandboxes count as running. Makes no query if
     * there are none.
     *
     * @throws SandboxException {@code DISK_FULL} when the disk is still full
     */
    public void recordEnds() {
        termination.recordUnwritten();
    }

    /** Settles the sandboxes that may be unfinished or past their deadline. Makes one query if there are none. */
    public List<Settled> repairUnfinished() {
        var settled = new ArrayList<Settled>();
        for (Sandbox sandbox : sandboxes.needingRepair(
                clock.instant(), lateness(), leases.worker().host())) {
            if (!backoff.isDue(sandbox.id())) {
                continue;
            }
            try {
                var late = findAgain(sandbox);
                settle(sandbox).or(() -> late).ifPresent(text -> settled.add(new Settled(sandbox.id(), text)));
                backoff.succeeded(sandbox.id());
            } catch (SandboxException e) {
                if (e.code() != ErrorCode.CONFLICT) { // a conflict: another process settles it
                    settled.add(notSettled(sandbox, e));
                }
            } catch (ExtensionException e) {
                settled.add(notSettled(sandbox, e));
            }
        }
        return settled;
    }

    private Settled notSettled(Sandbox sandbox, RuntimeException e) {
        backoff.failed(sandbox.id());
        return new Settled(sandbox.id(), "not settled: " + e.getMessage());
    }

    private Instant lateness() {
        return clock.instant().minus(ANSWERED_BY);
    }

    /** Looks again for what given-up attempts of a sandbox may have created, and destroys it. */
    private Optional<String> findAgain(Sandbox sandbox) {
        var made = false;
        for (Attempt attempt : attempts.needingLookUp(sandbox.id(), lateness())) {
            made |= termination.findAgain(sandbox, attempt);
        }
        return made ? Optional.of("a given-up attempt had created a sandbox; cleaned up") : Optional.empty();
    }

    private Optional<String> settle(Sandbox sandbox) {
        return switch (sandbox.state()) {
            case PROVISIONING -> leases.isActive(sandbox) ? Optional.empty() : settleCreation(takeOver(sandbox));
            case STOPPING -> leases.isActive(sandbox) ? Optional.empty() : settleEnd(takeOver(sandbox));
            case RUNNING, PAUSED -> settleRunning(sandbox);
            case STOPPED, FAILED -> Optional.empty();
        };
    }

    /**
     * Takes a sandbox over. If the disk is full, repair continues without it, since ending a sandbox frees space before anything is
     * written.
     */
    private Sandbox takeOver(Sandbox sandbox) {
        try {
            return transitions.takeOver(sandbox);
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.DISK_FULL) {
                return sandbox;
            }
            throw e;
        }
    }

    private Optional<String> settleEnd(Sandbox sandbox) {
        termination.end(sandbox, EndReason.KILLED);
        return Optional.of("its end was interrupted; cleaned up");
    }

    /**
     * Settles a creation whose process died. With an idempotency key, the caller can repeat the request, so a sandbox that a backend has
     * created is kept. Without one, nobody can get the sandbox, so it is ended.
     */
    private Optional<String> settleCreation(Sandbox sandbox) {
        if (sandboxes.hasKey(sandbox.id())) {
            for (Attempt attempt : attempts.of(sandbox.id())) {
                var found = attempt.outcome() == null
                        ? termination.find(backends.of(attempt.extension(), attempt.credential()), attempt)
                        : Optional.<BackendSandbox>empty();
                if (found.isPresent()) {
                    adopt(sandbox, attempt, found.get());
                    return Optional.of("its creation was interrupted; it runs");
                }
            }
        }
        termination.end(sandbox, EndReason.FAILED);
        return Optional.of("its creation was interrupted; cleaned up");
    }

    private void adopt(Sandbox sandbox, Attempt attempt, BackendSandbox found) {
        transitions.commit(
                sandbox,
                sandbox.running(found, clock.instant()),
                Cause.ADOPTED,
                handle -> attempts.record(handle, attempt, End.adopted()));
    }

    private Optional<String> settleRunning(Sandbox sandbox) {
        var holder = sandbox.holder();
        if (holder != null && holder.isGone(leases.isOnOneHost())) {
            termination.end(sandbox, EndReason.ABANDONED);
            return Optional.of("its command was interrupted; cleaned up");
        }
        if (sandbox.pending() != null) {
            return leases.isActive(sandbox) ? Optional.empty() : settlePending(takeOver(sandbox));
        }
        if (!clock.instant().isBefore(sandbox.deadline())) {
            settleTimeout(sandbox);
        }
        return Optional.empty();
    }

    /** Finishes an interrupted pause or resumption. Ends a sandbox whose start was interrupted. */
    private Optional<String> settlePending(Sandbox sandbox) {
        if (!termination.exists(sandbox)) {
            termination.recordGone(sandbox);
            return Optional.empty();
        }
        if (sandbox.pending() == PendingChange.START) {
            termination.end(sandbox, EndReason.FAILED); // the caller never got a response
            return Optional.of("its start was interrupted; cleaned up");
        }
        pauseResume.finish(sandbox);
        return Optional.of("its " + (sandbox.state() == SandboxState.PAUSED ? "pause" : "resumption")
                + " was interrupted; finished");
    }

    /** Ends or pauses a sandbox whose deadline has passed. */
    private void settleTimeout(Sandbox sandbox) {
        if (!termination.exists(sandbox)) {
            termination.recordGone(sandbox);
        } else if (sandbox.state() == SandboxState.RUNNING && sandbox.terms().onTimeout() == OnTimeout.PAUSE) {
            pauseResume.pauseUnchanged(sandbox);
        } else {
            termination.end(sandbox, Termination.timeUp(sandbox));
        }
    }

    /**
     * Compares the rows with the backends' listings. A sandbox that its backend no longer has is ended. A sandbox of this installation
     * that has ended or never had a row is destroyed. A sandbox that runs at the backend but is paused in its row, or the reverse, is
     * corrected at the backend.
     *
     * @param extensions the extensions whose backends are compared
     */
    public List<Settled> reconcile(List<Extension> extensions) {
        snapshots.settle();
        var settled = new ArrayList<Settled>();
        for (Extension extension : extensions) {
            for (CredentialId credential : backends.accounts(extension)) {
                try {
                    reconcile(new Account(extension.id(), credential), settled);
                } catch (ExtensionException | SandboxException e) {
                    // a failed listing proves nothing; the next run tries again
                }
            }
        }
        return settled;
    }

    /** The account whose listing is compared. */
    private record Account(ExtensionId extension, @Nullable CredentialId credential) {}

    private void reconcile(Account account, List<Settled> settled) {
        // the rows are read before the listing: a sandbox that is created in between is only in the listing, and its
        // row is read again
        var expected = sandboxes.running(account.extension(), leases.worker().host()).stream()
                .filter(sandbox -> Objects.equals(sandbox.credential(), account.credential()))
                .toList();
        Map<String, BackendSandbox> present = new HashMap<>();
        for (BackendSandbox found :
                backends.of(account.extension(), account.credential()).list()) {
            present.put(found.ref().value(), found);
            destroyIfUnknown(account, found, settled);
        }
        for (Sandbox sandbox : expected) {
            var ref = sandbox.ref();
            if (ref != null) {
                var found = present.get(ref.value());
                var text = found == null ? endIfGone(sandbox) : correct(sandbox, found);
                text.ifPresent(it -> settled.add(new Settled(sandbox.id(), it)));
            }
        }
    }

    /** Pauses or resumes a sandbox at the backend again if its listing contradicts the row. */
    private Optional<String> correct(Sandbox sandbox, BackendSandbox found) {
        var paused = sandbox.state() == SandboxState.PAUSED;
        if (sandbox.pending() != null
                || found.paused() == paused
                || !clock.instant().isBefore(sandbox.deadline())) {
            return Optional.empty();
        }
        try {
            pauseResume.repeat(sandbox);
            return Optional.of(paused ? "it ran though it was paused; paused again" : "it was paused; resumed again");
        } catch (ExtensionException e) {
            return Optional.of("not settled: " + e.getMessage());
        } catch (SandboxException e) {
            return Optional.empty(); // changed meanwhile, so the listing is outdated
        }
    }

    /** Ends a sandbox that is missing from the listing, if a second request confirms that it is gone. */
    private Optional<String> endIfGone(Sandbox sandbox) {
        try {
            if (!termination.exists(sandbox) && termination.recordGone(sandbox).reason() == EndReason.LOST) {
                return Optional.of("its backend no longer has it (lost)");
            }
        } catch (ExtensionException e) {
            return Optional.of("not settled: " + e.getMessage());
        } catch (SandboxException e) {
            // changed meanwhile, so the listing is outdated
        }
        return Optional.empty();
    }

    private void destroyIfUnknown(Account account, BackendSandbox found, List<Settled> settled) {
        var id = new SandboxId(found.tag().sandbox());
        var known = sandboxes.find(id);
        if (known.isEmpty() || known.get().state().ended() || isDuplicate(known.get(), account.extension(), found)) {
            settled.add(new Settled(id, destroyStray(account, found)));
        }
    }

    private String destroyStray(Account account, BackendSandbox found) {
        try {
            backends.of(account.extension(), account.credential()).destroy(found.ref());
            return "a stray sandbox ran at its backend; cleaned up";
        } catch (ExtensionException e) {
            return "not settled: " + e.getMessage();
        }
    }

    /** Returns true if the listed sandbox isn't the one in the row: an earlier, given-up attempt had created another one. */
    private static boolean isDuplicate(Sandbox sandbox, ExtensionId extension, BackendSandbox found) {
        return sandbox.ref() != null && !(sandbox.ref().equals(found.ref()) && extension.equals(sandbox.extension()));
    }
}
