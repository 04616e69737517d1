package dev.sandboxer.lifecycle;

import dev.sandboxer.config.AccountLimit;
import dev.sandboxer.config.Durations;
import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HttpPassage;
import dev.sandboxer.extension.HttpTarget;
import dev.sandboxer.extension.Measuring;
import dev.sandboxer.extension.SandboxMetrics;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.hosts.Hosts;
import dev.sandboxer.lifecycle.state.AccountStore;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.AttemptStore;
import dev.sandboxer.lifecycle.state.Conflicts;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Funding;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxQuery;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.lifecycle.state.TransitionListener;
import dev.sandboxer.lifecycle.state.Transitions;
import dev.sandboxer.lifecycle.state.Worker;
import dev.sandboxer.observe.Sleeper;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.routing.Router;
import dev.sandboxer.store.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Everything that can be done with sandboxes. Thread-safe; any number of processes may share a store. */
public final class Sandboxes implements AutoCloseable {

    private final SandboxStore sandboxes;
    private final AttemptStore attempts;
    private final ExtensionRegistry registry;
    private final Backends backends;
    private final Consumers consumers;
    private final InstantSource clock;
    private final Provisioner provisioner;
    private final Termination termination;
    private final BackendCalls calls;
    private final Transitions transitions;
    private final Leases leases;
    private final Hosts hosts;
    private final PauseResume pauseResume;
    private final DeadlineChange deadlineChange;
    private final CreditWatch creditWatch;
    private final Repair repair;
    private final Snapshots snapshots;
    private final BackendListing backendListing;

    /**
     * Puts it together.
     *
     * @param listeners write what belongs to each transition, in its transaction
     * @param funding for how long sandboxes can be paid for
     * @param worker who works on sandboxes through this
     * @param limits what the accounts of an extension may do; asked only when a sandbox is made
     */
    public Sandboxes(
            Database database,
            Router router,
            ExtensionRegistry registry,
            Backends backends,
            Consumers consumers,
            List<TransitionListener> listeners,
            Funding funding,
            Function<ExtensionId, AccountLimit> limits,
            Worker worker,
            InstantSource clock,
            Sleeper sleeper) {
        this.consumers = consumers;
        this.sandboxes = new SandboxStore(database);
        this.attempts = new AttemptStore(database);
        this.registry = registry;
        this.backends = backends;
        this.clock = clock;
        var installation = sandboxes.installation();
        this.transitions = new Transitions(database, sandboxes, listeners, worker, clock);
        var turns = new AccountTurns(limits, new AccountStore(database), clock, sleeper);
        this.leases = new Leases(sandboxes, worker, !database.isShared(), clock);
        this.hosts = new Hosts(database, worker.host(), clock);
        this.provisioner = new Provisioner(
                router,
                new Attempts(database, sandboxes, attempts, transitions, backends, turns, leases, installation, clock),
                transitions,
                leases,
                clock);
        this.termination =
                new Termination(database, sandboxes, attempts, transitions, backends, leases, installation, clock);
        this.backendListing = new BackendListing(backends);
        this.calls = new BackendCalls(sandboxes, backends, hosts, termination);
        this.pauseResume = new PauseResume(sandboxes, transitions, backends, leases, clock);
        this.deadlineChange = new DeadlineChange(sandboxes, transitions, backends, funding, leases, clock);
        this.creditWatch = new CreditWatch(sandboxes, deadlineChange, leases, clock);
        this.snapshots = new Snapshots(database, new SnapshotStore(database), registry, backends, leases, hosts, clock);
        this.repair = new Repair(
                sandboxes, attempts, transitions, backends, termination, pauseResume, snapshots, leases, clock);
    }

    /** The kept disks of sandboxes. */
    public Snapshots snapshots() {
        return snapshots;
    }

    /** Where sandboxes are that only one host can reach. */
    public Hosts hosts() {
        return hosts;
    }

    /** What is done about sandboxes whose consumers run out of credit. */
    public CreditWatch creditWatch() {
        return creditWatch;
    }

    /** What the backends say that they have. */
    public BackendListing backendListing() {
        return backendListing;
    }

    /** What is done about sandboxes that others have left in doubt. */
    public Repair repair() {
        return repair;
    }

    /**
     * Makes a sandbox and returns when it accepts commands. With an idempotency key that was used for the same request
     * before, returns that sandbox; after a failure it is tried again.
     *
     * @throws SandboxException {@code CONSUMER_DISABLED}; {@code PROFILE_NOT_ALLOWED}; {@code OVER_QUOTA}; {@code RATE_LIMITED};
     *     {@code INVALID_TTL}; {@code CONFLICT} when the key was used for another request, or
     *     that is still under way;
     *     {@code NO_CANDIDATE}; {@code INSUFFICIENT_CREDITS}; {@code BACKEND_FAILED}
     */
    public Sandbox create(CreateSandbox request) {
        consumers.requireEnabled(request.consumer());
        LongestTtl.of(request.profile()).check(request.effectiveTtl());
        var key = request.idempotencyKey();
        if (key != null) {
            var earlier = sandboxes.findByKey(request.consumer(), key).flatMap(it -> again(request, it));
            if (earlier.isPresent()) {
                return earlier.get();
            }
        }
        var limits = consumers.limits(request.consumer());
        limits.requireAllowed(request.profile().name());
        LongestTtl.of(request.profile(), request.consumer(), limits).check(request.effectiveTtl());
        return provisioner.create(request);
    }

    /** Empty when it has failed, so that the same request may be tried once more. */
    private Optional<Sandbox> again(CreateSandbox request, SandboxStore.Earlier earlier) {
        if (!earlier.requestHash().equals(request.hash())) {
            throw new SandboxException(
                    ErrorCode.CONFLICT,
                    "the idempotency key was used for a different request (sandbox " + earlier.sandbox()
                            + "); use another key");
        }
        var sandbox = sandboxes.find(earlier.sandbox()).orElseThrow();
        return switch (sandbox.state()) {
            case PROVISIONING -> throw SandboxStore.underWay();
            case STOPPING -> {
                if (sandbox.startedAt() == null) {
                    throw SandboxStore.underWay(); // it is being undone, and will have failed
                }
                yield Optional.of(sandbox);
            }
            case FAILED -> Optional.empty();
            default -> Optional.of(sandbox);
        };
    }

    private LongestTtl longestTtl(Sandbox sandbox, Profile profile) {
        return LongestTtl.of(profile, sandbox.consumer(), consumers.limits(sandbox.consumer()));
    }

    /**
     * The sandbox with that id, or the only one whose id begins so; of those that have ended only when no other does.
     *
     * @throws SandboxException {@code UNKNOWN_SANDBOX}, {@code AMBIGUOUS_SANDBOX}
     */
    public Sandbox get(String consumer, String idOrPrefix) {
        return new SandboxLookup(sandboxes).get(consumer, idOrPrefix);
    }

    /**
     * A consumer's sandboxes, newest first.
     *
     * @param consumer null = everybody's
     * @param ended whether those that have ended are wanted too
     */
    public List<Sandbox> list(@Nullable String consumer, boolean ended) {
        return sandboxes.list(consumer, ended);
    }

    /** One page of a consumer's sandboxes. */
    public List<Sandbox> list(SandboxQuery query) {
        return sandboxes.query(query);
    }

    /** The sandbox with exactly that id, whosever it is. */
    public Optional<Sandbox> find(SandboxId id) {
        return sandboxes.find(id);
    }

    /**
     * How many are open, by state.
     *
     * @param consumer null = everybody's
     */
    public Map<SandboxState, Integer> counts(@Nullable String consumer) {
        return sandboxes.counts(consumer);
    }

    /** Whether it runs just now, for those who ask often. */
    public boolean isRunning(SandboxId id) {
        return sandboxes.isRunning(id);
    }

    /** Ids of all that run or are paused, whosever they are. */
    public List<SandboxId> live() {
        return sandboxes.live();
    }

    public List<Attempt> attempts(Sandbox sandbox) {
        return attempts.of(sandbox.id());
    }

    /**
     * Moves the deadline to that long from now, which may shorten it.
     *
     * @return the sandbox with the deadline that it has now, which is earlier where its backend allows no more
     * @throws SandboxException {@code INVALID_TTL} when the sandbox would live longer than its profile, or its consumer's
     *     limits, allow; {@code CONSUMER_DISABLED}
     */
    public Sandbox extend(Sandbox sandbox, Duration ttl, Profile profile) {
        var longest = longestTtl(sandbox, profile);
        var latest = sandbox.latestDeadline(profile.withLongestTtl(longest.duration()));
        if (clock.instant().plus(ttl).isAfter(latest)) {
            longest.check(ttl);
            throw new SandboxException(
                    ErrorCode.INVALID_TTL,
                    longest.setBy() + " allows " + Durations.format(longest.duration()) + " in all, which ends at "
                            + latest);
        }
        return extendAsAllowed(sandbox, ttl, profile);
    }

    /** Moves the deadline like {@link #extend}, but to the latest allowed one where that would fail. */
    public Sandbox extendAsAllowed(Sandbox sandbox, Duration ttl, Profile profile) {
        consumers.requireEnabled(sandbox.consumer());
        var longest = longestTtl(sandbox, profile);
        longest.check(ttl);
        var capped = profile.withLongestTtl(longest.duration());
        return calls.run(sandbox, () -> deadlineChange.extend(sandbox, ttl, capped));
    }

    /**
     * Freezes it; its memory is kept.
     *
     * @throws SandboxException {@code CONFLICT} when it is not running, {@code UNSUPPORTED} when its backend can't
     */
    public Sandbox pause(Sandbox sandbox) {
        return calls.run(sandbox, () -> pauseResume.pause(sandbox));
    }

    /** Tells, in this process, of each sandbox that this process has paused. */
    public void onPause(Consumer<SandboxId> listener) {
        pauseResume.onPause(listener);
    }

    /** Tells, in this process, of each sandbox that this process has changed; a listener returns at once. */
    public void onChange(Consumer<Sandbox> listener) {
        transitions.onChange(listener);
    }

    /**
     * Lets a paused one go on, for that long from now.
     *
     * @throws SandboxException {@code CONFLICT} when it is not paused; {@code INVALID_TTL}; {@code CONSUMER_DISABLED}; {@code
     *     OVER_QUOTA}; {@code INSUFFICIENT_CREDITS}
     */
    public Sandbox resume(Sandbox sandbox, Duration ttl, Profile profile) {
        consumers.requireEnabled(sandbox.consumer());
        longestTtl(sandbox, profile).check(ttl);
        return calls.run(sandbox, () -> pauseResume.resume(sandbox, ttl));
    }

    /** The same, once a pause or resumption by this process that is under way is over. */
    public Sandbox settled(Sandbox sandbox) {
        return pauseResume.settled(sandbox);
    }

    /**
     * What it uses now.
     *
     * @throws SandboxException {@code UNSUPPORTED} when its backend can't tell
     */
    public SandboxMetrics metrics(Sandbox sandbox) {
        sandbox.requireThere();
        var extension = sandbox.extension();
        return calls.run(sandbox, () -> {
            if (registry.get(extension).capabilities().contains(Capability.METRICS)
                    && backends.ofLive(extension, sandbox.credential()) instanceof Measuring measuring) {
                return measuring.metrics(sandbox.requireRef());
            }
            throw new SandboxException(ErrorCode.UNSUPPORTED, extension + " can't say what a sandbox uses");
        });
    }

    /**
     * Replaces its metadata while it runs or is paused.
     *
     * @param change makes the new metadata from what it is now; may be called again when somebody else changes it too
     * @throws SandboxException {@code SANDBOX_ENDED}; {@code NAME_TAKEN}
     */
    public Sandbox relabel(Sandbox sandbox, Function<Sandbox, Map<String, String>> change) {
        return Conflicts.retry(() -> leases.alone(sandbox.id(), () -> {
            var current = sandboxes.current(sandbox);
            current.requireThere();
            return transitions.relabel(current, change.apply(current));
        }));
    }

    /** Ends it; a sandbox that has ended already stays as it is. */
    public Sandbox destroy(Sandbox sandbox) {
        return termination.endAnyway(sandbox, EndReason.KILLED);
    }

    /** Makes the leases of what is being changed later, which happens every few seconds anyway; for tests with a clock of their own. */
    void renewLeases() {
        leases.renew();
    }

    /** Lets other workers take over at once what this one leaves undone. Nothing may be done through it any more. */
    @Override
    public void close() {
        leases.close();
    }

    /** Work inside a sandbox. */
    public interface Work<T, E extends Exception> {
        T in(Session session) throws E;
    }

    /**
     * Opens a session for some work.
     *
     * @throws SandboxException {@code SANDBOX_ENDED} when it isn't there (any more); refusals of the sandbox under their own
     *     codes
     */
    public <T, E extends Exception> T use(Sandbox sandbox, Work<T, E> work) throws E {
        sandbox.requireRunning();
        var extension = sandbox.extension();
        return calls.run(sandbox, () -> {
            try (var session = backends.ofLive(extension, sandbox.credential()).connect(sandbox.requireRef())) {
                return work.in(session);
            }
        });
    }

    /**
     * Where a port of it is reached over HTTP without a session; empty when only a session leads there.
     *
     * @throws SandboxException as {@link #use}
     */
    public Optional<HttpTarget> httpTarget(Sandbox sandbox, int port) {
        return target(sandbox, passage -> passage.httpTarget(sandbox.requireRef(), port));
    }

    /**
     * Where a daemon of its backend's own is reached, at a port; also empty when the backend has none for that protocol.
     *
     * @param protocol see {@link HttpPassage#protocols}
     * @throws SandboxException as {@link #use}
     */
    public Optional<HttpTarget> httpTarget(Sandbox sandbox, int port, String protocol) {
        return target(
                sandbox,
                passage ->
                        passage.protocols().contains(protocol) ? passage.httpTarget(sandbox.requireRef(), port) : null);
    }

    /** Like {@link #httpTarget}, but asks the backend whether it is still there. */
    public Optional<HttpTarget> refreshHttpTarget(Sandbox sandbox, int port) {
        return target(sandbox, passage -> passage.refreshHttpTarget(sandbox.requireRef(), port));
    }

    private Optional<HttpTarget> target(Sandbox sandbox, Function<HttpPassage, @Nullable HttpTarget> question) {
        sandbox.requireRunning();
        var extension = sandbox.extension();
        if (!registry.get(extension).capabilities().contains(Capability.HTTP_PASSAGE)) {
            return Optional.empty();
        }
        return calls.run(sandbox, () -> {
            try {
                return backends.ofLive(extension, sandbox.credential()) instanceof HttpPassage passage
                        ? Optional.ofNullable(question.apply(passage))
                        : Optional.empty();
            } catch (ExtensionException e) {
                if (e.kind() == Kind.UNSUPPORTED) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }
}
