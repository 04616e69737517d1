package dev.sandboxer.lifecycle;

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
import dev.sandboxer.extension.Session;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.routing.Router;
import dev.sandboxer.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Everything that can be done with sandboxes. Thread-safe; any number of processes may share a store. */
public final class Sandboxes {

    /** Rows count in milliseconds. */
    private static final Duration SHORTEST_TTL = Duration.ofMillis(1);

    private final Store store;
    private final SandboxStore rows;
    private final ExtensionRegistry registry;
    private final Backends backends;
    private final Consumers consumers;
    private final InstantSource clock;
    private final Provisioner provisioner;
    private final Ending ending;
    private final BackendCalls calls;
    private final Hibernation hibernation;
    private final Extending extending;
    private final Repair repair;
    private final Snapshots snapshots;

    public Sandboxes(
            Store store,
            SandboxStore rows,
            Router router,
            ExtensionRegistry registry,
            Backends backends,
            Consumers consumers,
            InstantSource clock) {
        this.consumers = consumers;
        this.store = store;
        this.rows = rows;
        this.registry = registry;
        this.backends = backends;
        this.clock = clock;
        this.provisioner = new Provisioner(store, rows, router, backends, clock);
        this.ending = new Ending(store, rows, backends, clock);
        this.calls = new BackendCalls(rows, backends, ending);
        this.hibernation = new Hibernation(store, rows, backends, clock);
        this.extending = new Extending(store, rows, registry, backends, hibernation, clock);
        this.snapshots = new Snapshots(store, new SnapshotStore(store), registry, backends, clock);
        this.repair = new Repair(store, rows, backends, ending, hibernation, snapshots, clock);
    }

    /** The kept disks of sandboxes. */
    public Snapshots snapshots() {
        return snapshots;
    }

    /** What is done about sandboxes that others have left in doubt. */
    public Repair repair() {
        return repair;
    }

    /**
     * Makes a sandbox and returns when it accepts commands. With an idempotency key that was used for the same request
     * before, returns that sandbox; after a failure it is tried again.
     *
     * @throws SandboxException {@code CONSUMER_DISABLED}; {@code INVALID_TTL}; {@code CONFLICT} when the key was used for another request, or
     *     that is still under way;
     *     {@code NO_CANDIDATE}; {@code BACKEND_FAILED}
     */
    public Sandbox create(CreateSandbox request) {
        consumers.requireEnabled(request.consumer());
        checkTtl(request.effectiveTtl(), request.profile());
        var key = request.idempotencyKey();
        if (key != null) {
            var earlier = rows.findByKey(request.consumer(), key).flatMap(it -> again(request, it));
            if (earlier.isPresent()) {
                return earlier.get();
            }
        }
        var now = now();
        return provisioner.create(
                request,
                new Sandbox(
                        SandboxId.random(),
                        1,
                        request.consumer(),
                        request.profile().name(),
                        SandboxState.REQUESTED,
                        null,
                        null,
                        null,
                        request.effectiveSize(),
                        request.metadata(),
                        now,
                        null,
                        now.plus(request.effectiveTtl()),
                        null,
                        ProcessIdentity.current(),
                        request.holder(),
                        request.terms(),
                        request.snapshot() == null ? null : request.snapshot().id(),
                        null,
                        null,
                        null,
                        null));
    }

    /** Empty when it has failed, so that the same request may be tried once more. */
    private Optional<Sandbox> again(CreateSandbox request, SandboxStore.Earlier earlier) {
        if (!earlier.requestHash().equals(request.hash())) {
            throw new SandboxException(
                    ErrorCode.CONFLICT,
                    "the idempotency key was used for a different request (sandbox " + earlier.sandbox()
                            + "); use another key");
        }
        var sandbox = store.read(handle -> rows.find(handle, earlier.sandbox())).orElseThrow();
        return switch (sandbox.state()) {
            case REQUESTED, PROVISIONING -> throw SandboxStore.underWay();
            case FAILED -> Optional.empty();
            default -> Optional.of(sandbox);
        };
    }

    private static void checkTtl(Duration ttl, Profile profile) {
        if (ttl.compareTo(SHORTEST_TTL) < 0) {
            throw new SandboxException(ErrorCode.INVALID_TTL, "a sandbox needs a time to live above 0");
        }
        if (ttl.compareTo(profile.maxTtl()) > 0) {
            throw new SandboxException(
                    ErrorCode.INVALID_TTL,
                    Durations.format(ttl) + " is longer than " + profile.name() + " allows, which is "
                            + Durations.format(profile.maxTtl()));
        }
    }

    /**
     * The sandbox with that id, or the only one whose id begins so; of those that have ended only when no other does.
     *
     * @throws SandboxException {@code UNKNOWN_SANDBOX}, {@code AMBIGUOUS_SANDBOX}
     */
    public Sandbox get(String consumer, String idOrPrefix) {
        return new LookUp(rows).get(consumer, idOrPrefix);
    }

    /**
     * A consumer's sandboxes, newest first.
     *
     * @param consumer null = everybody's
     * @param ended whether those that have ended are wanted too
     */
    public List<Sandbox> list(@Nullable String consumer, boolean ended) {
        return rows.list(consumer, ended);
    }

    /** One page of a consumer's sandboxes. */
    public List<Sandbox> list(SandboxQuery query) {
        return rows.query(query);
    }

    /** The sandbox with exactly that id, whosever it is. */
    public Optional<Sandbox> find(SandboxId id) {
        return store.read(handle -> rows.find(handle, id));
    }

    /**
     * How many are open, by state.
     *
     * @param consumer null = everybody's
     */
    public Map<SandboxState, Integer> counts(@Nullable String consumer) {
        return rows.counts(consumer);
    }

    /** Whether it runs just now, for those who ask often. */
    public boolean isRunning(SandboxId id) {
        return rows.isRunning(id);
    }

    /** Ids of all that run or are paused, whosever they are. */
    public List<SandboxId> live() {
        return rows.live();
    }

    public List<Attempt> attempts(Sandbox sandbox) {
        return rows.attempts(sandbox.id());
    }

    /**
     * Moves the deadline to that long from now, which may shorten it.
     *
     * @return the sandbox with the deadline that it has now, which is earlier where its backend allows no more
     * @throws SandboxException {@code INVALID_TTL} when the sandbox would live longer than its profile allows;
     *     {@code CONSUMER_DISABLED}
     */
    public Sandbox extend(Sandbox sandbox, Duration ttl, Profile profile) {
        var latest = sandbox.latestDeadline(profile);
        if (now().plus(ttl).isAfter(latest)) {
            checkTtl(ttl, profile);
            throw new SandboxException(
                    ErrorCode.INVALID_TTL,
                    profile.name() + " allows " + Durations.format(profile.maxTtl()) + " in all, which ends at "
                            + latest);
        }
        return extendAsAllowed(sandbox, ttl, profile);
    }

    /** The same, but no longer than its profile allows instead of a failure. */
    public Sandbox extendAsAllowed(Sandbox sandbox, Duration ttl, Profile profile) {
        consumers.requireEnabled(sandbox.consumer());
        checkTtl(ttl, profile);
        return calls.run(sandbox, () -> extending.extend(sandbox, ttl, profile));
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.millis());
    }

    /**
     * Freezes it; its memory is kept.
     *
     * @throws SandboxException {@code CONFLICT} when it is not running, {@code UNSUPPORTED} when its backend can't
     */
    public Sandbox pause(Sandbox sandbox) {
        return calls.run(sandbox, () -> hibernation.pause(sandbox));
    }

    /** Tells, in this process, of each sandbox that this process has paused. */
    public void onPause(Consumer<SandboxId> listener) {
        hibernation.onPause(listener);
    }

    /**
     * Lets a paused one go on, for that long from now.
     *
     * @throws SandboxException {@code CONFLICT} when it is not paused; {@code INVALID_TTL}; {@code CONSUMER_DISABLED}
     */
    public Sandbox resume(Sandbox sandbox, Duration ttl, Profile profile) {
        consumers.requireEnabled(sandbox.consumer());
        checkTtl(ttl, profile);
        return calls.run(sandbox, () -> hibernation.resume(sandbox, ttl));
    }

    /** The same, once a pause or resumption by this process that is under way is over. */
    public Sandbox settled(Sandbox sandbox) {
        return hibernation.settled(sandbox);
    }

    /**
     * What it uses now.
     *
     * @throws SandboxException {@code UNSUPPORTED} when its backend can't tell
     */
    public SandboxMetrics metrics(Sandbox sandbox) {
        var extension = requireThere(sandbox);
        return calls.run(sandbox, () -> {
            if (registry.get(extension).capabilities().contains(Capability.METRICS)
                    && backends.of(extension, sandbox.credential()) instanceof Measuring measuring) {
                return measuring.metrics(Objects.requireNonNull(sandbox.ref()));
            }
            throw new SandboxException(ErrorCode.UNSUPPORTED, extension + " can't say what a sandbox uses");
        });
    }

    /** Ends it; a sandbox that has ended already stays as it is. */
    public Sandbox destroy(Sandbox sandbox) {
        return ending.endAnyway(sandbox, EndReason.KILLED);
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
        var extension = requireRunning(sandbox);
        return calls.run(sandbox, () -> {
            try (var session =
                    backends.of(extension, sandbox.credential()).connect(Objects.requireNonNull(sandbox.ref()))) {
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
        return target(sandbox, passage -> passage.httpTarget(Objects.requireNonNull(sandbox.ref()), port));
    }

    /** The same, after its backend was asked whether it is still there. */
    public Optional<HttpTarget> httpTargetAfresh(Sandbox sandbox, int port) {
        return target(sandbox, passage -> passage.httpTargetAfresh(Objects.requireNonNull(sandbox.ref()), port));
    }

    private Optional<HttpTarget> target(Sandbox sandbox, Function<HttpPassage, HttpTarget> question) {
        var extension = requireRunning(sandbox);
        if (!registry.get(extension).capabilities().contains(Capability.HTTP_PASSAGE)) {
            return Optional.empty();
        }
        return calls.run(sandbox, () -> {
            try {
                return backends.of(extension, sandbox.credential()) instanceof HttpPassage passage
                        ? Optional.of(question.apply(passage))
                        : Optional.empty();
            } catch (ExtensionException e) {
                if (e.kind() == Kind.UNSUPPORTED) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    static ExtensionId requireRunning(Sandbox sandbox) {
        var extension = requireThere(sandbox);
        if (sandbox.state() == SandboxState.RUNNING) {
            return extension;
        }
        throw notRunning(sandbox);
    }

    /** Running or paused. */
    static ExtensionId requireThere(Sandbox sandbox) {
        var there = sandbox.state() == SandboxState.RUNNING || sandbox.state() == SandboxState.PAUSED;
        if (there && sandbox.extension() != null) {
            return sandbox.extension();
        }
        if (sandbox.state().ended()) {
            throw ended(sandbox);
        }
        throw notRunning(sandbox);
    }

    private static SandboxException notRunning(Sandbox sandbox) {
        return new SandboxException(
                ErrorCode.CONFLICT,
                "sandbox " + sandbox.id() + " is " + sandbox.state().text() + ", not running");
    }

    static SandboxException ended(Sandbox sandbox) {
        var at = sandbox.endedAt() == null ? "" : " at " + sandbox.endedAt();
        var why = sandbox.reason() == null ? "" : " (" + sandbox.reason().text() + at + ")";
        return new SandboxException(ErrorCode.SANDBOX_ENDED, "sandbox " + sandbox.id() + " has ended" + why);
    }
}
