package dev.sandboxer.lifecycle.state;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.launch.Launch;
import dev.sandboxer.lifecycle.terms.DeadlinePolicy;
import dev.sandboxer.lifecycle.terms.OnTimeout;
import dev.sandboxer.lifecycle.terms.RequestedRules;
import dev.sandboxer.lifecycle.terms.Terms;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileName;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox as it is stored. Immutable. {@link Transitions} writes each change as a new version.
 *
 * @param version counts changes from 1
 * @param terms its settings beyond its profile
 * @param size the requested size; once it runs, the size that the backend gave it
 */
public record Sandbox(
        SandboxId id,
        long version,
        Origin origin,
        Terms terms,
        SandboxSize size,
        Placement placement,
        Times times,
        Status status) {

    /** Returns a new sandbox whose first attempt is about to begin. */
    public static Sandbox requested(
            SandboxId id, Origin origin, Terms terms, SandboxSize size, Placement placement, Times times) {
        var status = new Status(SandboxState.PROVISIONING, null, null, null, ProcessIdentity.current(), null);
        return new Sandbox(id, 1, origin, terms, size, placement, times, status);
    }

    private Sandbox with(Times newTimes, Status newStatus) {
        return new Sandbox(id, version, origin, terms, size, placement, newTimes, newStatus);
    }

    Sandbox withVersion(long newVersion) {
        return new Sandbox(id, newVersion, origin, terms, size, placement, times, status);
    }

    /** Returns this sandbox as a worker writes it. */
    Sandbox writtenBy(Worker worker, Instant lease) {
        return with(times, status.writtenBy(worker.identity(), lease));
    }

    /** Returns this sandbox with other metadata. */
    public Sandbox withMetadata(Map<String, String> pairs) {
        return new Sandbox(id, version, origin.withMetadata(pairs), terms, size, placement, times, status);
    }

    /** Returns this sandbox with other network rules. */
    public Sandbox withNetwork(@Nullable NetworkPolicy byDefault, @Nullable RequestedRules targets) {
        return new Sandbox(id, version, origin, terms.withNetwork(byDefault, targets), size, placement, times, status);
    }

    /** Returns this sandbox with another attempt about to begin, at another backend or with another credential. */
    public Sandbox attempted(Placement next) {
        return new Sandbox(id, version, origin, terms, size, next, times, status);
    }

    /**
     * Returns this sandbox with the deadline that its consumer's credit allows.
     *
     * @param wanted the requested deadline, if that is later; else null
     * @param onTimeout what happens at the deadline
     */
    public Sandbox withAffordableDeadline(Instant until, @Nullable Instant wanted, OnTimeout onTimeout) {
        var agreed = terms.withOnTimeout(onTimeout);
        return new Sandbox(
                id,
                version,
                origin,
                agreed,
                size,
                placement,
                times.withDeadline(until).wanted(wanted),
                status);
    }

    /** Returns true if the deadline is earlier than requested for lack of credit. */
    public boolean isShortOfCredit() {
        var wanted = times.wantedUntil();
        return wanted != null && deadline().isBefore(wanted);
    }

    /**
     * Returns this sandbox as running, with the data of its backend. Its deadline is at most the backend's. Its start command and ready
     * check, if any, are pending.
     */
    public Sandbox running(BackendSandbox made, Instant now) {
        var latest = DeadlinePolicy.latest(terms.onTimeout(), made.deadline(), now);
        var until = terms.onTimeout() == OnTimeout.KILL || latest.isBefore(deadline()) ? latest : deadline();
        return new Sandbox(
                id,
                version,
                origin,
                terms,
                made.size(),
                placement.withRef(made.ref()),
                times.started(made.createdAt(), until),
                launch().doesSomething()
                        ? status.to(SandboxState.RUNNING, PendingChange.START)
                        : status.to(SandboxState.RUNNING));
    }

    /**
     * Returns this sandbox with a pause pending.
     *
     * @param keptUntil when it ends if it is not resumed
     */
    public Sandbox pausing(Instant at, Instant keptUntil) {
        return with(times.paused(at, keptUntil), status.to(SandboxState.PAUSED, PendingChange.PAUSE));
    }

    /** Returns this sandbox with a pause pending that keeps only the disk. */
    public Sandbox pausingDisk(Instant at, Instant keptUntil) {
        return with(times.paused(at, keptUntil), status.to(SandboxState.PAUSED, PendingChange.PAUSE_DISK));
    }

    /** Returns this sandbox with a resumption pending. */
    public Sandbox resuming(Instant at, Instant until) {
        return with(times.resumed(at, until), status.to(SandboxState.RUNNING, PendingChange.RESUME));
    }

    /** Returns this sandbox with the pause or resumption pending again that led to its current state. */
    public Sandbox reapplying() {
        return with(times, status.reapplying());
    }

    /** Returns this sandbox without a pending change. */
    public Sandbox settled() {
        return with(times, status.settled());
    }

    /** Returns this sandbox as it was before a pause or resumption that its backend refused. */
    public Sandbox reverted(Sandbox before) {
        return with(before.times, status.to(before.state()));
    }

    /** Returns this sandbox with its end in progress. */
    public Sandbox stopping(Ending ending) {
        return with(times, status.to(SandboxState.STOPPING, ending));
    }

    /** Returns this sandbox ended: STOPPED if it ever ran, else FAILED. */
    public Sandbox ended(Ending ending, Instant at) {
        var end = startedAt() == null ? SandboxState.FAILED : SandboxState.STOPPED;
        return with(times.ended(at), status.to(end, ending));
    }

    /** Returns this sandbox with another deadline. */
    public Sandbox withDeadline(Instant newDeadline) {
        return with(times.withDeadline(newDeadline), status);
    }

    /** Returns this sandbox with an earlier deadline if its backend gives it less time. */
    public Sandbox granted(Instant byBackend, Instant now) {
        var latest = DeadlinePolicy.latest(terms.onTimeout(), byBackend, now);
        return latest.isBefore(deadline()) ? withDeadline(latest) : this;
    }

    /** Returns the time at which the backend ends this sandbox while it runs. */
    public Instant backendDeadline() {
        return DeadlinePolicy.atBackend(terms.onTimeout(), deadline());
    }

    /**
     * Returns the latest deadline that this sandbox may have. The profile's limit counts from the creation or the last resumption. A
     * lowered limit doesn't shorten the current deadline.
     */
    public Instant latestDeadline(Profile profile) {
        var from = times.resumedAt() == null ? times.createdAt() : times.resumedAt();
        var latest = from.plus(profile.maxTtl());
        return latest.isBefore(deadline()) ? deadline() : latest;
    }

    /**
     * Fails unless the sandbox runs.
     *
     * @throws SandboxException {@code SANDBOX_ENDED}; {@code CONFLICT} in any other state
     */
    public void requireRunning() {
        requireNotEnded();
        if (state() != SandboxState.RUNNING) {
            throw notRunning();
        }
    }

    /**
     * Fails unless the sandbox runs or is paused.
     *
     * @throws SandboxException {@code SANDBOX_ENDED}; {@code CONFLICT} in any other state
     */
    public void requireNotEnded() {
        if (state().ended()) {
            throw hasEnded();
        }
        if (state() != SandboxState.RUNNING && state() != SandboxState.PAUSED) {
            throw notRunning();
        }
    }

    private SandboxException notRunning() {
        return new SandboxException(ErrorCode.CONFLICT, "sandbox " + id + " is " + state().text() + ", not running");
    }

    /** Returns the failure of a call to a sandbox that has ended. */
    public SandboxException hasEnded() {
        var at = endedAt() == null ? "" : " at " + endedAt();
        var why = ending() == null ? "" : " (" + ending().text() + at + ")";
        var next = reason() == EndReason.BUDGET
                ? "; its credit is used up, see: sandboxer credits balance " + consumer()
                : "";
        return new SandboxException(ErrorCode.SANDBOX_ENDED, "sandbox " + id + " has ended" + why + next);
    }

    public String consumer() {
        return origin.consumer();
    }

    public ProfileName profile() {
        return origin.profile();
    }

    /** See {@link Origin#snapshot}. */
    public @Nullable String snapshot() {
        return origin.snapshot();
    }

    /** See {@link Origin#launch}. */
    public Launch launch() {
        return origin.launch();
    }

    public Map<String, String> metadata() {
        return origin.metadata();
    }

    /** See {@link Origin#holder}. */
    public @Nullable ProcessIdentity holder() {
        return origin.holder();
    }

    /** See {@link Origin#command}. */
    public @Nullable String command() {
        return origin.command();
    }

    public ExtensionId extension() {
        return placement.extension();
    }

    /** See {@link Placement#ref}. */
    public @Nullable BackendRef ref() {
        return placement.ref();
    }

    /** Returns this sandbox's id at the backend. Every sandbox that ever ran has one. */
    public BackendRef requireRef() {
        return Objects.requireNonNull(placement.ref());
    }

    /** See {@link Placement#receipt}. */
    public @Nullable Receipt receipt() {
        return placement.receipt();
    }

    /** Returns the account at the backend; null where none is needed. */
    public @Nullable CredentialId credential() {
        return placement.credential();
    }

    public SandboxState state() {
        return status.state();
    }

    /** See {@link Status#reason}. */
    public @Nullable EndReason reason() {
        return status.reason();
    }

    /** Returns how this sandbox ends or ended; null before its end has begun. */
    public @Nullable Ending ending() {
        return status.reason() == null ? null : new Ending(status.reason(), status.exitCode());
    }

    /** See {@link Status#exitCode}. */
    public @Nullable Integer exitCode() {
        return status.exitCode();
    }

    /** See {@link Status#pending}. */
    public @Nullable PendingChange pending() {
        return status.pending();
    }

    /** See {@link Status#actor}. */
    public ProcessIdentity actor() {
        return status.actor();
    }

    /** See {@link Status#leaseUntil}. */
    public @Nullable Instant leaseUntil() {
        return status.leaseUntil();
    }

    /** See {@link Placement#host}. */
    public @Nullable String host() {
        return placement.host();
    }

    public Instant createdAt() {
        return times.createdAt();
    }

    /** See {@link Times#startedAt}. */
    public @Nullable Instant startedAt() {
        return times.startedAt();
    }

    public Instant deadline() {
        return times.deadline();
    }

    /** See {@link Times#pausedAt}. */
    public @Nullable Instant pausedAt() {
        return times.pausedAt();
    }

    /** See {@link Times#endedAt}. */
    public @Nullable Instant endedAt() {
        return times.endedAt();
    }
}
