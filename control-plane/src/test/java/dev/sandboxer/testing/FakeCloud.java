package dev.sandboxer.testing;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.feature.BackendSnapshot;
import dev.sandboxer.extension.feature.HttpTarget;
import dev.sandboxer.extension.feature.NetworkBytes;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.testing.FakeProcesses.Act;
import dev.sandboxer.testing.Fault.Call;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The backend's side of fake sandboxes, which survives crashes of our processes. Thread-safe.
 *
 * <p>Faults are planned for a kind of call. Each fault happens once, in the order of planning.
 */
public final class FakeCloud {
    private final InstantSource clock;
    private final Map<BackendRef, BackendSandbox> sandboxes = new LinkedHashMap<>();
    private final Map<BackendRef, Map<String, String>> variables = new LinkedHashMap<>();
    private final Map<String, BackendSnapshot> snapshots = new LinkedHashMap<>();
    private final List<SandboxTag> created = new ArrayList<>();
    private final Set<String> consumers = new HashSet<>();
    private final Map<Call, Deque<Fault>> plan = new EnumMap<>(Call.class);
    private final Map<BackendRef, String> keys = new HashMap<>();
    private final Map<BackendRef, NetworkBytes> transferred = new HashMap<>();
    private final Set<String> revoked = new HashSet<>();
    private final List<Runnable> late = new ArrayList<>();
    private volatile Consumer<String> boundary = point -> {};

    private volatile @Nullable IntFunction<HttpTarget> targets;
    private volatile Set<String> protocols = Set.of();
    private volatile @Nullable Function<ProcessSpec, Act> behaviour;

    private volatile @Nullable Duration longest;

    FakeCloud(InstantSource clock) {
        this.clock = clock;
    }

    /** Plans faults for the next calls of this kind. */
    public synchronized void plan(Call call, Fault... faults) {
        plan.computeIfAbsent(call, any -> new ArrayDeque<>()).addAll(List.of(faults));
    }

    /** Forgets all faults that have not happened yet, and accepts all keys again. */
    public synchronized void heal() {
        plan.clear();
        revoked.clear();
    }

    /** Sets the watcher that gets each call, such as "CREATE before" and "CREATE after". It is called outside of any lock. */
    public void watch(Consumer<String> watcher) {
        boundary = watcher;
    }

    /** Limits the time of running sandboxes, as the plan of an account does. Paused sandboxes are not limited. */
    public void allowNoMoreThan(Duration life) {
        longest = life;
    }

    Instant allowed(Instant wanted) {
        var most = longest == null ? wanted : clock.instant().plus(longest);
        return most.isBefore(wanted) ? most : wanted;
    }

    /** Runs the delayed calls. */
    public synchronized void catchUp() {
        late.forEach(Runnable::run);
        late.clear();
    }

    /** Makes the ports of sandboxes reachable over HTTP. Until then, only sessions reach them. */
    public void reach(IntFunction<HttpTarget> byPort) {
        targets = byPort;
    }

    /** Allows sandboxes to start processes, with this behaviour. */
    public void run(Function<ProcessSpec, Act> act) {
        behaviour = act;
    }

    @Nullable Function<ProcessSpec, Act> behaviour() {
        return behaviour;
    }

    /** Sets the protocols of the daemons in sandboxes; see {@code HttpPassage}. */
    public void serve(Set<String> names) {
        protocols = Set.copyOf(names);
    }

    Set<String> protocols() {
        return protocols;
    }

    HttpTarget target(int port) {
        var known = targets;
        if (known == null) {
            throw ExtensionException.notApplied(Kind.UNSUPPORTED, "only a session leads there");
        }
        return known.apply(port);
    }

    /** Returns the sandboxes that run or are paused now, of all accounts. */
    public synchronized List<BackendSandbox> running() {
        return sandboxes.values().stream()
                .filter(sandbox -> clock.instant().isBefore(sandbox.deadline()))
                .toList();
    }

    /** Returns the tags of all sandboxes that were ever created, in order. */
    public synchronized List<SandboxTag> created() {
        return List.copyOf(created);
    }

    /** Returns the consumers in all requests to create a sandbox. */
    public synchronized Set<String> consumers() {
        return Set.copyOf(consumers);
    }

    synchronized void noteConsumer(@Nullable String consumer) {
        if (consumer != null) {
            consumers.add(consumer);
        }
    }

    /** Removes a sandbox, as if the backend had lost it. */
    public synchronized void lose(BackendRef ref) {
        sandboxes.remove(ref);
        transferred.remove(ref);
    }

    /** Adds to the bytes that a sandbox has received and sent. */
    public synchronized void transfer(BackendRef ref, long in, long out) {
        transferred.merge(ref, new NetworkBytes(in, out), NetworkBytes::plus);
    }

    synchronized Optional<NetworkBytes> transferred(BackendRef ref) {
        return Optional.ofNullable(transferred.get(ref));
    }

    /** Returns the variables that a sandbox was created with. */
    synchronized Map<String, String> variables(BackendRef ref) {
        return variables.getOrDefault(ref, Map.of());
    }

    /** Returns the snapshots. */
    public synchronized List<BackendSnapshot> snapshots() {
        return List.copyOf(snapshots.values());
    }

    synchronized BackendSnapshot keep(BackendSnapshot snapshot) {
        snapshots.put(snapshot.name(), snapshot);
        return snapshot;
    }

    synchronized void forget(String name) {
        snapshots.remove(name);
    }

    <T> T call(Call call, Supplier<T> effect) {
        return call(call, effect, () -> {
            throw new IllegalStateException(call + " can't see nothing");
        });
    }

    /**
     * Executes one call of our code, with its planned fault.
     *
     * @param effect the effect of the call, run under the lock
     * @param nothing the answer to {@link Fault.SeesNothing}
     */
    <T> T call(Call call, Supplier<T> effect, Supplier<T> nothing) {
        boundary.accept(call + " before");
        try {
            return faulty(call, effect, nothing);
        } finally {
            boundary.accept(call + " after");
        }
    }

    private synchronized <T> T faulty(Call call, Supplier<T> effect, Supplier<T> nothing) {
        var faults = plan.get(call);
        var fault = faults == null ? null : faults.poll();
        return switch (fault) {
            case null -> effect.get();
            case Fault.Refused refused -> throw ExtensionException.notApplied(refused.kind(), refused.message());
            case Fault.Throttled(var wait) ->
                throw new ExtensionException(Kind.THROTTLED, Effect.NOT_APPLIED, wait, "too many", null);
            case Fault.AnswerLost _ -> {
                var _ = effect.get();
                throw ExtensionException.unknown(Kind.TRANSIENT, "the answer was lost", null);
            }
            case Fault.RequestLost _ -> throw ExtensionException.unknown(Kind.TRANSIENT, "no answer", null);
            case Fault.Late _ -> {
                late.add(() -> unheard(effect));
                throw ExtensionException.unknown(Kind.TRANSIENT, "no answer in time", null);
            }
            case Fault.SeesNothing _ -> nothing.get();
        };
    }

    private static <T> void unheard(Supplier<T> effect) {
        try {
            var _ = effect.get();
        } catch (ExtensionException e) {
            // the caller has given up
        }
    }

    synchronized void put(BackendSandbox sandbox) {
        sandboxes.put(sandbox.ref(), sandbox);
    }

    /** Refuses a key from now on. The message repeats the key, as the messages of some clouds do. */
    public synchronized void revoke(String key) {
        revoked.add(key);
    }

    /** Accepts a key again. */
    public synchronized void restore(String key) {
        revoked.remove(key);
    }

    /** Returns the key that created a sandbox; empty if none did. */
    public synchronized Optional<String> keyOf(BackendRef ref) {
        return Optional.ofNullable(keys.get(ref));
    }

    synchronized void requireAccepted(@Nullable String key) {
        if (key != null && revoked.contains(key)) {
            throw ExtensionException.notApplied(Kind.CREDENTIAL, "401: the key " + key + " is not accepted");
        }
    }

    /** Returns true if the sandbox belongs to the account of this key. */
    boolean isOf(BackendSandbox sandbox, @Nullable String key) {
        return isOf(sandbox.ref(), key);
    }

    synchronized boolean isOf(BackendRef ref, @Nullable String key) {
        return Objects.equals(keys.get(ref), key);
    }

    synchronized BackendSandbox add(BackendSandbox sandbox, Map<String, String> env, @Nullable String key) {
        if (key != null) {
            keys.put(sandbox.ref(), key);
        }
        created.add(sandbox.tag());
        variables.put(sandbox.ref(), env);
        put(sandbox);
        return sandbox;
    }
}
