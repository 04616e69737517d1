package dev.sandboxer.lifecycle;

import dev.sandboxer.config.AccountLimit;
import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.feature.Accounting;
import dev.sandboxer.extension.feature.HttpPassage;
import dev.sandboxer.extension.feature.HttpTarget;
import dev.sandboxer.extension.feature.PackageFetching;
import dev.sandboxer.extension.feature.SandboxMetrics;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.hosts.Hosts;
import dev.sandboxer.lifecycle.snapshots.SnapshotStore;
import dev.sandboxer.lifecycle.snapshots.Snapshots;
import dev.sandboxer.lifecycle.state.AccountStore;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.AttemptStore;
import dev.sandboxer.lifecycle.state.Conflicts;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Ending;
import dev.sandboxer.lifecycle.state.Funding;
import dev.sandboxer.lifecycle.state.Leases;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxQuery;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.lifecycle.state.TransitionListener;
import dev.sandboxer.lifecycle.state.Transitions;
import dev.sandboxer.lifecycle.state.Worker;
import dev.sandboxer.lifecycle.terms.RequestedRules;
import dev.sandboxer.observe.Sleeper;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.routing.Router;
import dev.sandboxer.store.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The operations on sandboxes. Thread-safe. Any number of processes may share a database. */
public final class Sandboxes implements AutoCloseable {
    private final SandboxStore sandboxes;
    private final AttemptStore attempts;
    private final ExtensionRegistry registry;
    private final Backends backends;
    private final Consumers consumers;
    private final InstantSource clock;
    private final EarlierRequests earlierRequests;
    private final Provisioner provisioner;
    private final Termination termination;
    private final BackendCalls calls;
    private final Transitions transitions;
    private final Leases leases;
    private final Hosts hosts;
    private final PauseResume pauseResume;
    private final Startup startup;
    private final DeadlineChange deadlineChange;
    private final NetworkChange networkChange;
    private final SandboxSessions sessions;
    private final ReportedUsage usage;
    private final CreditWatch creditWatch;
    private final Repair repair;
    private final Snapshots snapshots;
    private final BackendListing backendListing;
    private volatile UnaryOperator<CreateSandbox> sources = UnaryOperator.identity();

    /**
     * Creates the operations of one worker.
     *
     * @param listeners called in the transaction of each transition, to write their own rows
     * @param funding says for how long a consumer can pay for its sandboxes
     * @param limits returns an extension's account limits; called only when a sandbox is created
     * @param worker the worker in whose name this object changes sandboxes
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
        this.termination = new Termination(
                database, sandboxes, attempts, transitions, backends, funding, leases, installation, clock);
        this.calls = new BackendCalls(sandboxes, backends, hosts, termination);
        this.startup = new Startup(sandboxes, transitions, termination, backends, calls, leases, clock, sleeper);
        this.earlierRequests = new EarlierRequests(sandboxes);
        this.provisioner = new Provisioner(
                router,
                new Attempts(database, sandboxes, attempts, transitions, backends, turns, leases, installation, clock),
                transitions,
                startup,
                leases,
                clock);
        this.backendListing = new BackendListing(backends);
        this.pauseResume = new PauseResume(sandboxes, transitions, backends, funding, leases, clock);
        this.deadlineChange = new DeadlineChange(sandboxes, transitions, backends, funding, leases, clock);
        this.networkChange = new NetworkChange(sandboxes, transitions, backends, leases);
        this.sessions = new SandboxSessions(registry, backends, calls);
        this.usage = new ReportedUsage(registry, backends, calls, hosts);
        this.creditWatch =
                new CreditWatch(sandboxes, registry, deadlineChange, termination, pauseResume, funding, leases, clock);
        this.snapshots = new Snapshots(database, new SnapshotStore(database), registry, backends, leases, hosts, clock);
        this.repair = new Repair(
                sandboxes, attempts, transitions, backends, termination, pauseResume, snapshots, leases, clock);
    }

    /** Returns the snapshots of sandboxes. */
    public Snapshots snapshots() {
        return snapshots;
    }

    /** Returns the hosts of sandboxes that only one host can reach. */
    public Hosts hosts() {
        return hosts;
    }

    /** Returns the watch over sandboxes whose consumers run out of credit. */
    public CreditWatch creditWatch() {
        return creditWatch;
    }

    /** Returns the listing of what the backends report. */
    public BackendListing backendListing() {
        return backendListing;
    }

    /** Sets a function that resolves a profile's built template into the snapshot that a request starts from. */
    public void resolveSourcesWith(UnaryOperator<CreateSandbox> resolver) {
        sources = resolver;
    }

    /** Returns the repair of sandboxes that other processes left unfinished. */
    public Repair repair() {
        return repair;
    }

    /**
     * Creates a sandbox, and returns when it accepts commands and its ready check, if any, has passed. If the idempotency key was used for
     * the same request before, returns that sandbox; if that creation failed, tries again.
     *
     * @throws SandboxException {@code CONSUMER_DISABLED}; {@code PROFILE_NOT_ALLOWED}; {@code OVER_QUOTA}; {@code RATE_LIMITED};
     *     {@code INVALID_TTL}; {@code CONFLICT} when the key was used for another request, or its creation is still in progress;
     *     {@code NO_CANDIDATE}; {@code INSUFFICIENT_CREDITS}; {@code BACKEND_FAILED}; {@code START_FAILED}: nothing runs
     */
    public Sandbox create(CreateSandbox asked) {
        var request = sources.apply(asked);
        consumers.requireEnabled(request.consumer());
        var earlier = earlierRequests.sandboxOf(request);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        var limits = consumers.limits(request.consumer());
        limits.requireAllowed(request.profile().name());
        LongestTtl.of(request.profile(), request.consumer(), limits).check(request.effectiveTtl());
        return provisioner.create(request);
    }

    private LongestTtl longestTtl(Sandbox sandbox, Profile profile) {
        return LongestTtl.of(profile, sandbox.consumer(), consumers.limits(sandbox.consumer()));
    }

    /**
     * Returns the consumer's sandbox with an id, or the only one whose id begins with the text. Ended sandboxes count only if no open one
     * matches.
     *
     * @throws SandboxException {@code UNKNOWN_SANDBOX}, {@code AMBIGUOUS_SANDBOX}
     */
    public Sandbox get(String consumer, String idOrPrefix) {
        return new SandboxLookup(sandboxes).get(consumer, idOrPrefix);
    }

    /**
     * Lists a consumer's sandboxes, newest first.
     *
     * @param consumer null = all consumers
     * @param includeEnded true to include those that have ended
     */
    public List<Sandbox> list(@Nullable String consumer, boolean includeEnded) {
        return sandboxes.list(consumer, includeEnded);
    }

    /** Returns one page of a consumer's sandboxes. */
    public List<Sandbox> list(SandboxQuery query) {
        return sandboxes.query(query);
    }

    /** Finds a sandbox of any consumer by its full id. */
    public Optional<Sandbox> find(SandboxId id) {
        return sandboxes.find(id);
    }

    /**
     * Counts the open sandboxes by state.
     *
     * @param consumer null = all consumers
     */
    public Map<SandboxState, Integer> counts(@Nullable String consumer) {
        return sandboxes.counts(consumer);
    }

    /** Returns true if the sandbox runs. Cheaper than {@link #find}. */
    public boolean isRunning(SandboxId id) {
        return sandboxes.isRunning(id);
    }

    /** Returns the ids of all running and paused sandboxes, of all consumers. */
    public List<SandboxId> live() {
        return sandboxes.live();
    }

    /** Returns the attempts to create a sandbox, in order. */
    public List<Attempt> attempts(Sandbox sandbox) {
        return attempts.of(sandbox.id());
    }

    /**
     * Moves the deadline. It may become earlier.
     *
     * @param ttl from now
     * @return the sandbox with its new deadline, which is earlier than requested if the backend or credit allows no more
     * @throws SandboxException {@code INVALID_TTL} when the sandbox would live longer than its profile or its consumer's limits allow;
     *     {@code CONSUMER_DISABLED}; {@code INSUFFICIENT_CREDITS}
     */
    public Sandbox extend(Sandbox sandbox, Duration ttl, Profile profile) {
        longestTtl(sandbox, profile).checkExtension(sandbox, profile, clock.instant(), ttl);
        return extendAsAllowed(sandbox, ttl, profile);
    }

    /** Moves the deadline like {@link #extend}, but to the latest allowed one instead of failing if it would be too late. */
    public Sandbox extendAsAllowed(Sandbox sandbox, Duration ttl, Profile profile) {
        consumers.requireEnabled(sandbox.consumer());
        var longest = longestTtl(sandbox, profile);
        longest.check(ttl);
        var capped = profile.withLongestTtl(longest.duration());
        return calls.run(sandbox, () -> deadlineChange.extend(sandbox, ttl, capped));
    }

    /**
     * Pauses a running sandbox with its memory.
     *
     * @throws SandboxException {@code CONFLICT} when it is not running; {@code UNSUPPORTED} when its backend can't pause
     */
    public Sandbox pause(Sandbox sandbox) {
        return calls.run(sandbox, () -> pauseResume.pause(sandbox));
    }

    /**
     * Pauses a running sandbox and keeps only its disk: all processes are killed.
     *
     * @throws SandboxException as {@link #pause}; {@code UNSUPPORTED} also when its backend always keeps the memory
     */
    public Sandbox pauseDisk(Sandbox sandbox) {
        return calls.run(sandbox, () -> {
            startup.forget(sandbox);
            return pauseResume.pauseDisk(sandbox);
        });
    }

    /** Adds a listener that receives each sandbox that this process pauses. */
    public void onPause(Consumer<SandboxId> listener) {
        pauseResume.onPause(listener);
    }

    /**
     * Adds a listener that receives each sandbox that this process changes. It must return at once.
     *
     * @return removes the listener
     */
    public Runnable onChange(Consumer<Sandbox> listener) {
        return transitions.onChange(listener);
    }

    /**
     * Resumes a paused sandbox. Its start command runs again if the pause has ended it.
     *
     * @param ttl time to live, from now
     * @throws SandboxException {@code CONFLICT} when it is not paused; {@code INVALID_TTL}; {@code CONSUMER_DISABLED}; {@code
     *     OVER_QUOTA}; {@code INSUFFICIENT_CREDITS}; {@code START_FAILED}: the sandbox runs without its start command
     */
    public Sandbox resume(Sandbox sandbox, Duration ttl, Profile profile) {
        consumers.requireEnabled(sandbox.consumer());
        longestTtl(sandbox, profile).check(ttl);
        return startup.startAgain(calls.run(sandbox, () -> pauseResume.resume(sandbox, ttl)));
    }

    /** Waits for a pause or resumption by this process to finish, and returns the sandbox as it is then. */
    public Sandbox settled(Sandbox sandbox) {
        return pauseResume.settled(sandbox);
    }

    /**
     * Returns what a sandbox uses now.
     *
     * @throws SandboxException {@code UNSUPPORTED} when its backend does not report it
     */
    public SandboxMetrics metrics(Sandbox sandbox) {
        return usage.metrics(sandbox);
    }

    /**
     * Returns how many of the sandbox's processes were killed because its memory was used up. 0 if this host can't tell or the sandbox is
     * not running.
     */
    public long outOfMemoryKills(Sandbox sandbox) {
        return usage.outOfMemoryKills(sandbox);
    }

    /**
     * Returns the usage that the backend's service has metered since the sandbox was created; empty if it reports none.
     *
     * @throws SandboxException {@code UNSUPPORTED} when the backend's service does not meter sandboxes
     */
    public Optional<Accounting.Usage> counted(Sandbox sandbox) {
        return usage.counted(sandbox);
    }

    /** Reads the network traffic of the sandboxes that this host can reach, so that it is charged. */
    public void readNetwork() {
        creditWatch.readNetwork();
    }

    /** Reads the network traffic like {@link #readNetwork}, and ends the sandboxes whose consumers can't pay for it. */
    public List<Repair.Settled> watchNetwork() {
        return creditWatch.watchNetwork();
    }

    /** Returns true if the backend itself ends the sandbox when it is idle. */
    public boolean endsWhenIdle(Sandbox sandbox) {
        return sandbox.terms().idleTimeout() != null && backends.has(sandbox.extension(), Capability.IDLE_TIMEOUT);
    }

    /**
     * Replaces the metadata of a running or paused sandbox.
     *
     * @param change returns the new metadata for the current sandbox; called again if the sandbox changes meanwhile
     * @throws SandboxException {@code SANDBOX_ENDED}; {@code NAME_TAKEN}
     */
    public Sandbox relabel(Sandbox sandbox, Function<Sandbox, Map<String, String>> change) {
        return Conflicts.retry(() -> leases.exclusively(sandbox.id(), () -> {
            var current = sandboxes.current(sandbox);
            current.requireNotEnded();
            return transitions.relabel(current, change.apply(current));
        }));
    }

    /** Returns true if the backend can change the network rules of a running sandbox. */
    public boolean canUpdateNetwork(Sandbox sandbox) {
        return backends.has(sandbox.extension(), Capability.NETWORK_UPDATE);
    }

    /**
     * Replaces the network rules of a sandbox, and stores them as they were requested. Works with every backend if the rules are already in
     * force.
     *
     * @param byDefault policy for targets that no rule names; null = the profile's
     * @param targets null = none
     * @param ofProfile the profile's rules
     * @throws SandboxException {@code SANDBOX_ENDED}; {@code UNSUPPORTED} when the backend can't enforce these rules, or can't change them
     * @throws IllegalArgumentException when the rules contradict each other
     */
    public Sandbox updateNetwork(
            Sandbox sandbox,
            @Nullable NetworkPolicy byDefault,
            @Nullable RequestedRules targets,
            NetworkRules ofProfile) {
        return calls.run(sandbox, () -> networkChange.update(sandbox, byDefault, targets, ofProfile));
    }

    /** Returns true if the backend gives sandboxes a network unless the rules deny it. */
    public boolean hasNetwork(Sandbox sandbox) {
        return registry.find(sandbox.extension())
                .filter(extension -> extension.capabilities().contains(Capability.NETWORK_ALLOW))
                .isPresent();
    }

    /** Returns true if Debian packages can be fetched for a sandbox that has no network. */
    public boolean canFetchPackages(Sandbox sandbox) {
        return backends.has(sandbox.extension(), Capability.PACKAGES);
    }

    /**
     * Downloads Debian packages and their dependencies to this host, for a sandbox that has no network. Installs nothing.
     *
     * @param recommended true to download recommended packages too
     * @return files on this host
     * @throws ExtensionException {@code UNSUPPORTED} when the operator doesn't allow it; {@code INVALID} when no such packages exist
     */
    public List<Path> fetchPackages(Sandbox sandbox, List<String> packages, boolean recommended) {
        if (backends.ofLive(sandbox.extension(), sandbox.credential()) instanceof PackageFetching fetching) {
            return fetching.fetchPackages(packages, recommended);
        }
        throw ExtensionException.notApplied(Kind.UNSUPPORTED, sandbox.extension() + " can't fetch packages");
    }

    /** Ends a sandbox. Does nothing if it has already ended. */
    public Sandbox destroy(Sandbox sandbox) {
        return termination.endAnyway(sandbox, Ending.of(EndReason.KILLED));
    }

    /**
     * Ends a sandbox whose command has finished. Does nothing if it has already ended, such as at its deadline.
     *
     * @param exitCode exit code of the command; 128 + signal when a signal ended it
     */
    public Sandbox complete(Sandbox sandbox, int exitCode) {
        return termination.endAnyway(sandbox, Ending.completed(exitCode));
    }

    /** Renews the leases now. Only for tests with their own clock; otherwise leases are renewed every few seconds. */
    public void renewLeases() {
        leases.renew();
    }

    /** Releases the leases, so that other workers take unfinished changes over at once. Don't use this object afterwards. */
    @Override
    public void close() {
        leases.close();
    }

    /** Work in a session of a sandbox. */
    public interface Work<T, E extends Exception> {
        T in(Session session) throws E;
    }

    /**
     * Runs some work in a session of a running sandbox, and closes the session.
     *
     * @throws SandboxException {@code SANDBOX_ENDED}; {@code CONFLICT} when the sandbox is not running; failed operations in the sandbox
     *     with their own codes
     */
    public <T, E extends Exception> T use(Sandbox sandbox, Work<T, E> work) throws E {
        return sessions.use(sandbox, work);
    }

    /**
     * Returns the HTTP address of a port of a sandbox; empty if the port can be reached only through a session.
     *
     * @throws SandboxException as {@link #use}
     */
    public Optional<HttpTarget> httpTarget(Sandbox sandbox, int port) {
        return sessions.httpTarget(sandbox, port);
    }

    /**
     * Returns the HTTP address of the backend's own daemon at a port; empty if it has no address or doesn't speak the protocol.
     *
     * @param protocol see {@link HttpPassage#protocols}
     * @throws SandboxException as {@link #use}
     */
    public Optional<HttpTarget> httpTarget(Sandbox sandbox, int port, String protocol) {
        return sessions.httpTarget(sandbox, port, protocol);
    }

    /** Like {@link #httpTarget}, but bypasses the cache. Use after a failed request. */
    public Optional<HttpTarget> refreshHttpTarget(Sandbox sandbox, int port) {
        return sessions.refreshHttpTarget(sandbox, port);
    }
}
