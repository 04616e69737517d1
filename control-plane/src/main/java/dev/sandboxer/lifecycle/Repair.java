package dev.sandboxer.lifecycle;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.lifecycle.Attempt.Outcome;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Settles what crashed or vanished processes have left behind. Safe to run at any time, by several processes at once. */
public final class Repair {
    /** A request whose sender has died is answered by then, or never. */
    private static final Duration LATE = Duration.ofMinutes(2);

    private final Store store;
    private final SandboxStore rows;
    private final Backends backends;
    private final Ending ending;
    private final Hibernation hibernation;
    private final Snapshots snapshots;
    private final InstantSource clock;
    private final Backoff backoff;

    Repair(
            Store store,
            SandboxStore rows,
            Backends backends,
            Ending ending,
            Hibernation hibernation,
            Snapshots snapshots,
            InstantSource clock) {
        this.store = store;
        this.rows = rows;
        this.backends = backends;
        this.ending = ending;
        this.hibernation = hibernation;
        this.snapshots = snapshots;
        this.clock = clock;
        this.backoff = new Backoff(clock);
    }

    /**
     * Something that was settled.
     *
     * @param text a sentence for people
     */
    public record Settled(SandboxId sandbox, String text) {}

    /** Looks at sandboxes in doubt only: one query when there are none. */
    public List<Settled> settleDoubts() {
        var settled = new ArrayList<Settled>();
        for (Sandbox sandbox : rows.inDoubt(clock.instant(), lateness())) {
            if (!backoff.isDue(sandbox.id())) {
                continue;
            }
            try {
                lookAgain(sandbox)
                        .or(() -> settle(sandbox))
                        .ifPresent(text -> settled.add(new Settled(sandbox.id(), text)));
                backoff.succeeded(sandbox.id());
            } catch (SandboxException e) {
                if (e.code() != ErrorCode.CONFLICT) { // a conflict means that somebody else settles it
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
        return clock.instant().minus(LATE);
    }

    /** At attempts of which nothing was found when they were given up. */
    private Optional<String> lookAgain(Sandbox sandbox) {
        var made = false;
        for (Attempt attempt : rows.attemptsToLookAt(sandbox.id(), lateness())) {
            made |= ending.lookAgain(sandbox, attempt);
        }
        return made
                ? Optional.of("a creation that was given up had made a sandbox after all; cleaned up")
                : Optional.empty();
    }

    private Optional<String> settle(Sandbox sandbox) {
        return switch (sandbox.state()) {
            case REQUESTED, PROVISIONING -> InProgress.inHand(sandbox) ? Optional.empty() : settleCreation(sandbox);
            case STOPPING -> InProgress.inHand(sandbox) ? Optional.empty() : settleEnd(sandbox);
            case RUNNING, PAUSED -> settleRunning(sandbox);
            case STOPPED, FAILED -> Optional.empty();
        };
    }

    private Optional<String> settleEnd(Sandbox sandbox) {
        ending.end(sandbox, EndReason.KILLED);
        return Optional.of("its end was interrupted; cleaned up");
    }

    /** Its maker died. Only who gave an idempotency key can ever ask for it again; for anybody else it is undone. */
    private Optional<String> settleCreation(Sandbox sandbox) {
        if (rows.hasKey(sandbox.id())) {
            for (Attempt attempt : rows.attempts(sandbox.id())) {
                var found = attempt.outcome() == null
                        ? ending.find(backends.of(attempt.extension(), attempt.credential()), attempt)
                        : Optional.<BackendSandbox>empty();
                if (found.isPresent()) {
                    adopt(sandbox, attempt, found.get());
                    return Optional.of("its creation was interrupted; it runs");
                }
            }
        }
        ending.end(sandbox, EndReason.FAILED);
        return Optional.of("its creation was interrupted; cleaned up");
    }

    private void adopt(Sandbox sandbox, Attempt attempt, BackendSandbox found) {
        store.write(handle -> {
            rows.record(handle, attempt, Outcome.CREATED, "adopted");
            rows.update(handle, sandbox.running(found, clock.instant()));
        });
    }

    private Optional<String> settleRunning(Sandbox sandbox) {
        var holder = sandbox.holder();
        if (holder != null && !holder.alive()) {
            ending.end(sandbox, EndReason.ABANDONED);
            return Optional.of("its command was interrupted; cleaned up");
        }
        if (sandbox.transition() != null) {
            return InProgress.inHand(sandbox) ? Optional.empty() : settleTransition(sandbox);
        }
        if (!clock.instant().isBefore(sandbox.deadline())) {
            settleTimeout(sandbox);
        }
        return Optional.empty();
    }

    /** It was being paused or resumed: the row says what was wanted. */
    private Optional<String> settleTransition(Sandbox sandbox) {
        if (!ending.exists(sandbox)) {
            ending.gone(sandbox);
            return Optional.empty();
        }
        hibernation.finish(sandbox);
        return Optional.of("its " + (sandbox.state() == SandboxState.PAUSED ? "pause" : "resumption")
                + " was interrupted; finished");
    }

    /** Its time is up. */
    private void settleTimeout(Sandbox sandbox) {
        if (!ending.exists(sandbox)) {
            ending.gone(sandbox);
        } else if (sandbox.state() == SandboxState.RUNNING && sandbox.terms().onTimeout() == OnTimeout.PAUSE) {
            hibernation.pauseUnchanged(sandbox);
        } else {
            ending.end(sandbox, EndReason.EXPIRED);
        }
    }

    /**
     * Compares with what the backends have: sandboxes that a backend no longer has are ended, sandboxes of this installation
     * that we hold for ended or never knew are destroyed.
     *
     * @param extensions whose backends are asked
     */
    public List<Settled> reconcile(List<Extension> extensions) {
        snapshots.settle();
        var settled = new ArrayList<Settled>();
        for (Extension extension : extensions) {
            for (CredentialId credential : backends.accounts(extension)) {
                try {
                    reconcile(new Account(extension.id(), credential), settled);
                } catch (ExtensionException | SandboxException e) {
                    // a listing that failed proves nothing; the next one will tell
                }
            }
        }
        return settled;
    }

    /** Whose listing is compared. */
    private record Account(ExtensionId extension, @Nullable CredentialId credential) {}

    private void reconcile(Account account, List<Settled> settled) {
        // rows are read before the listing: what appears in between is in the listing only, and its row is read again
        var expected = rows.running(account.extension()).stream()
                .filter(sandbox -> Objects.equals(sandbox.credential(), account.credential()))
                .toList();
        Set<String> present = new HashSet<>();
        for (BackendSandbox found :
                backends.of(account.extension(), account.credential()).list()) {
            present.add(found.ref().value());
            destroyIfUnknown(account, found, settled);
        }
        for (Sandbox sandbox : expected) {
            var ref = sandbox.ref();
            if (ref != null && !present.contains(ref.value())) {
                endIfGone(sandbox).ifPresent(text -> settled.add(new Settled(sandbox.id(), text)));
            }
        }
    }

    /** Never on one listing alone. */
    private Optional<String> endIfGone(Sandbox sandbox) {
        try {
            if (!ending.exists(sandbox) && ending.gone(sandbox).reason() == EndReason.LOST) {
                return Optional.of("its backend no longer has it (lost)");
            }
        } catch (ExtensionException e) {
            return Optional.of("not settled: " + e.getMessage());
        } catch (SandboxException e) {
            // changed meanwhile: whoever did it knows better
        }
        return Optional.empty();
    }

    private void destroyIfUnknown(Account account, BackendSandbox found, List<Settled> settled) {
        var id = new SandboxId(found.tag().sandbox());
        var known = store.read(handle -> rows.find(handle, id));
        if (known.isEmpty() || known.get().state().ended() || runsElsewhere(known.get(), account.extension(), found)) {
            settled.add(new Settled(id, destroyStray(account, found)));
        }
    }

    private String destroyStray(Account account, BackendSandbox found) {
        try {
            backends.of(account.extension(), account.credential()).destroy(found.ref());
            return "it ran though nobody knew of it; cleaned up";
        } catch (ExtensionException e) {
            return "not settled: " + e.getMessage();
        }
    }

    /** Whether this is what an earlier attempt, given up as lost, has made after all. */
    private static boolean runsElsewhere(Sandbox sandbox, ExtensionId extension, BackendSandbox found) {
        return sandbox.ref() != null && !(sandbox.ref().equals(found.ref()) && extension.equals(sandbox.extension()));
    }
}
