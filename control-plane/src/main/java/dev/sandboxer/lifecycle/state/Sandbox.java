package dev.sandboxer.lifecycle.state;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileName;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox as the store knows it. Immutable; {@link Transitions} writes each change as a new version.
 *
 * @param version counts changes from 1
 * @param terms what was agreed beyond its profile
 * @param size as asked for; once it runs, what it really got
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

    /** The intent to make one: its first attempt is about to begin. */
    public static Sandbox requested(
            SandboxId id, Origin origin, Terms terms, SandboxSize size, Placement placement, Times times) {
        var status = new Status(SandboxState.PROVISIONING, null, null, ProcessIdentity.current(), null);
        return new Sandbox(id, 1, origin, terms, size, placement, times, status);
    }

    private Sandbox with(Times newTimes, Status newStatus) {
        return new Sandbox(id, version, origin, terms, size, placement, newTimes, newStatus);
    }

    Sandbox withVersion(long newVersion) {
        return new Sandbox(id, newVersion, origin, terms, size, placement, times, status);
    }

    /** Written by that worker. */
    Sandbox by(Worker worker, Instant lease) {
        return with(times, status.by(worker.identity(), lease));
    }

    /** With other notes of its consumer. */
    public Sandbox withMetadata(Map<String, String> pairs) {
        return new Sandbox(id, version, origin.withMetadata(pairs), terms, size, placement, times, status);
    }

    /** Another attempt begins, elsewhere or with another credential. */
    public Sandbox attempted(Placement next) {
        return new Sandbox(id, version, origin, terms, size, next, times, status);
    }

    /**
     * With a deadline as its consumer's credit allows.
     *
     * @param wanted what was asked for; null = that is the deadline
     * @param onTimeout what happens then
     */
    public Sandbox afforded(Instant until, @Nullable Instant wanted, OnTimeout onTimeout) {
        var agreed = terms.withOnTimeout(onTimeout);
        return new Sandbox(
                id, version, origin, agreed, size, placement, times.until(until).wanted(wanted), status);
    }

    /** Returns true if its deadline is earlier than was asked for, since credit allows no more. */
    public boolean isShortOfCredit() {
        var wanted = times.wantedUntil();
        return wanted != null && deadline().isBefore(wanted);
    }

    /** Runs, as its backend has made it, with no more time than that gives it. */
    public Sandbox running(BackendSandbox made, Instant now) {
        var latest = DeadlinePolicy.latest(terms.onTimeout(), made.deadline(), now);
        var until = terms.onTimeout() == OnTimeout.KILL || latest.isBefore(deadline()) ? latest : deadline();
        return new Sandbox(
                id,
                version,
                origin,
                terms,
                made.size(),
                placement.made(made.ref()),
                times.started(made.createdAt(), until),
                status.to(SandboxState.RUNNING));
    }

    /**
     * Shall pause.
     *
     * @param keptUntil when it is thrown away if nobody has resumed it
     */
    public Sandbox pausing(Instant at, Instant keptUntil) {
        return with(times.paused(at, keptUntil), status.to(SandboxState.PAUSED, PendingChange.PAUSE));
    }

    /** Shall go on. */
    public Sandbox resuming(Instant at, Instant until) {
        return with(times.resumed(at, until), status.to(SandboxState.RUNNING, PendingChange.RESUME));
    }

    /** Shall be what it is, running or paused, at its backend too. */
    public Sandbox again() {
        return with(times, status.again());
    }

    /** Its backend has done what was pending. */
    public Sandbox settled() {
        return with(times, status.settled());
    }

    /** Back to what it was, its backend having refused to pause or resume it. */
    public Sandbox reverted(Sandbox before) {
        return with(before.times, status.to(before.state()));
    }

    /** Shall end. */
    public Sandbox stopping(EndReason why) {
        return with(times, status.to(SandboxState.STOPPING, why));
    }

    /** Has ended: STOPPED when it ever ran, else FAILED. */
    public Sandbox ended(EndReason why, Instant at) {
        var end = startedAt() == null ? SandboxState.FAILED : SandboxState.STOPPED;
        return with(times.ended(at), status.to(end, why));
    }

    /** With another deadline. */
    public Sandbox until(Instant newDeadline) {
        return with(times.until(newDeadline), status);
    }

    /** With an earlier deadline if its backend gives it no more time. */
    public Sandbox granted(Instant byBackend, Instant now) {
        var latest = DeadlinePolicy.latest(terms.onTimeout(), byBackend, now);
        return latest.isBefore(deadline()) ? until(latest) : this;
    }

    /** When its backend ends it by itself while it runs. */
    public Instant backendDeadline() {
        return DeadlinePolicy.atBackend(terms.onTimeout(), deadline());
    }

    /**
     * The latest deadline it can have: time goes on only while it isn't paused. A limit that was lowered since takes nothing of
     * the time that it has.
     */
    public Instant latestDeadline(Profile profile) {
        var from = times.resumedAt() == null ? times.createdAt() : times.resumedAt();
        var latest = from.plus(profile.maxTtl());
        return latest.isBefore(deadline()) ? deadline() : latest;
    }

    /**
     * Fails unless it runs.
     *
     * @throws SandboxException {@code SANDBOX_ENDED}; {@code CONFLICT} in any other state
     */
    public void requireRunning() {
        requireThere();
        if (state() != SandboxState.RUNNING) {
            throw notRunning();
        }
    }

    /**
     * Fails unless it runs or is paused.
     *
     * @throws SandboxException {@code SANDBOX_ENDED}; {@code CONFLICT} in any other state
     */
    public void requireThere() {
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

    /** What its user is told once it has ended. */
    public SandboxException hasEnded() {
        var at = endedAt() == null ? "" : " at " + endedAt();
        var why = reason() == null ? "" : " (" + reason().text() + at + ")";
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

    public Map<String, String> metadata() {
        return origin.metadata();
    }

    /** See {@link Origin#holder}. */
    public @Nullable ProcessIdentity holder() {
        return origin.holder();
    }

    public ExtensionId extension() {
        return placement.extension();
    }

    /** See {@link Placement#ref}. */
    public @Nullable BackendRef ref() {
        return placement.ref();
    }

    /** Its id in the backend's own terms, which every sandbox has that ever ran. */
    public BackendRef requireRef() {
        return Objects.requireNonNull(placement.ref());
    }

    /** See {@link Placement#receipt}. */
    public @Nullable Receipt receipt() {
        return placement.receipt();
    }

    /** The account at its backend; null where none is needed. */
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
