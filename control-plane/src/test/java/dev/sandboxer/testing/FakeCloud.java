package dev.sandboxer.testing;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.BackendSnapshot;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.HttpTarget;
import dev.sandboxer.extension.SandboxTag;
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
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where fake sandboxes run: the world outside, which survives our crashes. Thread-safe.
 *
 * <p>Faults are planned per call and spend themselves one by one.
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
    private final Set<String> revoked = new HashSet<>();
    private final List<Runnable> late = new ArrayList<>();
    private volatile Consumer<String> boundary = point -> {};

    private volatile @Nullable IntFunction<HttpTarget> targets;
    private volatile Set<String> protocols = Set.of();

    private volatile @Nullable Duration longest;

    FakeCloud(InstantSource clock) {
        this.clock = clock;
    }

    /** Plans faults for the next calls of that sort. */
    public synchronized void plan(Call call, Fault... faults) {
        plan.computeIfAbsent(call, any -> new ArrayDeque<>()).addAll(List.of(faults));
    }

    /** Forgets all faults that have not happened yet, and accepts all keys again. */
    public synchronized void heal() {
        plan.clear();
        revoked.clear();
    }

    /** Who is told about each call, such as "CREATE before" and "CREATE after", outside of any lock. */
    public void watch(Consumer<String> watcher) {
        boundary = watcher;
    }

    /** As a plan of an account does; sandboxes that are paused are kept for as long as one likes. */
    public void allowNoMoreThan(Duration life) {
        longest = life;
    }

    Instant allowed(Instant wanted) {
        var most = longest == null ? wanted : clock.instant().plus(longest);
        return most.isBefore(wanted) ? most : wanted;
    }

    /** Does what was delayed. */
    public synchronized void catchUp() {
        late.forEach(Runnable::run);
        late.clear();
    }

    /** Where the ports of its sandboxes are reached over HTTP; before, they are reached in sessions only. */
    public void reach(IntFunction<HttpTarget> byPort) {
        targets = byPort;
    }

    /** What the daemons of its sandboxes speak; see {@code HttpPassage}. */
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

    /** What runs now, whoever asked for it. */
    public synchronized List<BackendSandbox> running() {
        return sandboxes.values().stream()
                .filter(sandbox -> clock.instant().isBefore(sandbox.deadline()))
                .toList();
    }

    /** The tags with which a sandbox was ever made, in order. */
    public synchronized List<SandboxTag> created() {
        return List.copyOf(created);
    }

    /** For whom sandboxes were asked for. */
    public synchronized Set<String> consumers() {
        return Set.copyOf(consumers);
    }

    synchronized void noteConsumer(@Nullable String consumer) {
        if (consumer != null) {
            consumers.add(consumer);
        }
    }

    /** Takes a sandbox away without anybody having asked. */
    public synchronized void lose(BackendRef ref) {
        sandboxes.remove(ref);
    }

    /** What a sandbox was made with. */
    synchronized Map<String, String> variables(BackendRef ref) {
        return variables.getOrDefault(ref, Map.of());
    }

    /** The kept disks. */
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
     * One call from outside.
     *
     * @param effect what it does, under the lock
     * @param nothing its answer when it sees nothing
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
            // nobody listens any more
        }
    }

    synchronized void put(BackendSandbox sandbox) {
        sandboxes.put(sandbox.ref(), sandbox);
    }

    /** From now on it refuses that key, and repeats it while it does, as some do. */
    public synchronized void revoke(String key) {
        revoked.add(key);
    }

    /** It accepts that key again. */
    public synchronized void restore(String key) {
        revoked.remove(key);
    }

    /** With which key a sandbox that runs was made. */
    public synchronized Optional<String> keyOf(BackendRef ref) {
        return Optional.ofNullable(keys.get(ref));
    }

    synchronized void requireAccepted(@Nullable String key) {
        if (key != null && revoked.contains(key)) {
            throw ExtensionException.notApplied(Kind.CREDENTIAL, "401: the key " + key + " is not accepted");
        }
    }

    /** Whether it belongs to the account of that key. */
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
