package dev.sandboxer.lifecycle.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.FakeCloud;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.Interleaving;
import dev.sandboxer.testing.Interleaving.Actor;
import dev.sandboxer.testing.RepairChecks;
import dev.sandboxer.testing.TestInstallation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Several servers of one installation change the same sandboxes, each in one thread. Meanwhile servers are killed, stopped for longer
 * than their leases, or cut off from the database. The seed determines everything, including the order of the steps.
 */
final class SharedHistory {
    private static final int ACTIONS = 14;
    private static final int MAX_LIVE = 5;
    private static final Duration RENEWAL = Duration.ofSeconds(5);

    private final SplittableRandom random;
    private final TestInstallation in;
    private final Interleaving interleaving;
    private final List<Server> servers = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final Map<String, SandboxId> byKey = new HashMap<>();
    private final Set<SandboxId> destroyed = new HashSet<>();
    private final boolean faulty;
    private boolean harmed;

    SharedHistory(long seed, TestInstallation in) {
        this.random = new SplittableRandom(seed);
        this.in = in;
        this.interleaving = new Interleaving(random.split());
        this.faulty = random.nextBoolean();
    }

    /** One server, and its present fault. */
    private final class Server {
        private final String name;
        private final SplittableRandom random = SharedHistory.this.random.split();
        private final ControlPlane process;
        private final Actor actor;
        private int created;
        private int cut;

        Server(String name) {
            this.name = name;
            process = in.startElsewhere(this::useDatabase);
            actor = interleaving.add(name, this::work);
        }

        private void useDatabase(String point) {
            interleaving.pass(point);
            if (cut > 0) {
                cut--;
                tell(name + " gets no answer, " + point);
                throw new SandboxException(ErrorCode.STORE_UNREACHABLE, "the database is cut off");
            }
        }

        boolean isWell() {
            return !actor.hasEnded() && !actor.isDead() && !actor.isFrozen() && cut == 0;
        }

        private void work() {
            for (int i = 0; i < ACTIONS; i++) {
                try {
                    act(process.sandboxes());
                } catch (SandboxException e) {
                    tell(name + ": " + e.code() + ", " + e.getMessage());
                    assertThat(e.code()).isNotEqualTo(ErrorCode.INTERNAL);
                }
            }
        }

        private void act(Sandboxes sandboxes) {
            switch (random.nextInt(20)) {
                case 0 -> create(sandboxes, null);
                case 1, 2, 3, 4 -> create(sandboxes, "key" + random.nextInt(2));
                case 5, 6 -> {
                    var ttl = Duration.ofMinutes(random.nextInt(1, 50));
                    done("extended", sandboxes.extend(any(sandboxes, "extend by " + ttl), ttl, in.profile()));
                }
                case 7, 8 -> done("paused", sandboxes.pause(any(sandboxes, "pause")));
                case 9, 10 -> {
                    var ttl = Duration.ofMinutes(random.nextInt(1, 50));
                    done("resumed", sandboxes.resume(any(sandboxes, "resume for " + ttl), ttl, in.profile()));
                }
                case 11, 12 -> {
                    var victim = any(sandboxes, "destroy");
                    destroyed.add(victim.id());
                    done("destroyed", sandboxes.destroy(victim));
                }
                case 13, 14, 15, 16 ->
                    tell(name + " settled " + sandboxes.repair().repairUnfinished());
                case 17, 18 ->
                    tell(name + " measured "
                            + process.metering().tick(in.clock().instant()));
                default -> tell(name + " reconciled " + sandboxes.repair().reconcile(in.extensions()));
            }
        }

        private void create(Sandboxes sandboxes, @Nullable String key) {
            var label = key == null ? name + ++created : key;
            tell(name + ": create " + label);
            var made = sandboxes.create(CreateSandbox.of(TestInstallation.ME, in.profile())
                    .idempotencyKey(key)
                    .metadata(key == null ? Map.of("name", label) : Map.of("name", label, "key", key))
                    .build());
            done("created", made);
            if (key != null) {
                assertThat(byKey.computeIfAbsent(key, any -> made.id())).as(key).isEqualTo(made.id());
            }
        }

        /** Returns an open sandbox. The choice doesn't depend on random ids. */
        private Sandbox any(Sandboxes sandboxes, String purpose) {
            var all = sandboxes.list(TestInstallation.ME, false).stream()
                    .sorted(Comparator.comparing(SharedHistory::label))
                    .toList();
            if (all.isEmpty()) {
                throw new SandboxException(ErrorCode.UNKNOWN_SANDBOX, "none to " + purpose);
            }
            var one = all.get(
                    random.nextInt(random.nextInt(all.size()) + 1)); // often the sandbox that other servers choose
            tell(name + ": " + purpose + " " + label(one) + ", " + one.state());
            return one;
        }

        private void done(String what, Sandbox sandbox) {
            tell(name + " " + what + " " + label(sandbox) + ", " + sandbox.state());
        }
    }

    private static String label(Sandbox sandbox) {
        return sandbox.metadata().getOrDefault("name", "");
    }

    /** Runs the history. Fails if something is left over at the end. */
    void run() {
        in.declared().put(TestInstallation.ME, new ConsumerLimits(null, List.of(), MAX_LIVE, null, null, null, null));
        // creates the shared key first: its lock is not part of the interleaving
        try (var process = in.start()) {
            assertThat(process.credentials().ofEnvironment(in.extensions().getLast()))
                    .isPresent();
        }
        for (int i = 0; i < 2 + random.nextInt(2); i++) {
            servers.add(new Server("server" + i));
        }
        for (FakeCloud cloud : clouds()) {
            cloud.watch(interleaving::pass);
        }
        try {
            interleaving.run(this::happen);
        } finally {
            servers.forEach(server -> server.process.close());
        }
        settle();
    }

    private List<FakeCloud> clouds() {
        return List.of(in.first(), in.second());
    }

    private void settle() {
        for (FakeCloud cloud : clouds()) {
            cloud.heal();
            cloud.catchUp();
        }
        RepairChecks.checkIntents(in, "all that happened");
        in.clock().advance(Duration.ofSeconds(16)); // all leases run out
        tell("repaired: " + in.repair());
        check("the repair");
        checkReasons();
        in.clock().advance(Duration.ofDays(40));
        in.repair();
        check("the repair 40 days later");
        assertThat(in.running()).isEmpty();
        RepairChecks.checkRoom(in, "the repair 40 days later");
    }

    private void check(String when) {
        RepairChecks.check(in, when);
        RepairChecks.checkKeys(in, when);
        RepairChecks.checkUsage(in, when);
    }

    /** Checks that without failing backends only sandboxes ended whose end was requested or whose deadline passed. */
    private void checkReasons() {
        if (faulty) {
            return;
        }
        for (Sandbox sandbox : in.inProcess(sandboxes -> sandboxes.list(TestInstallation.ME, true))) {
            if (sandbox.reason() == EndReason.KILLED) {
                assertThat(destroyed).as(label(sandbox)).contains(sandbox.id());
            }
            if (!harmed && sandbox.pausedAt() == null) { // a deadline may pass just before the backend pauses
                assertThat(sandbox.reason()).as(label(sandbox)).isNotEqualTo(EndReason.LOST);
            }
        }
        if (!harmed) {
            RepairChecks.checkDeadlines(in, "the repair");
        }
    }

    private void tell(String what) {
        told.add(what);
    }

    String text() {
        return String.join("\n", told);
    }

    /** Disturbs the servers at random between two steps. */
    private void happen() {
        switch (random.nextInt(30)) {
            case 0, 1, 2 -> harm();
            case 3 -> advance(Duration.ofSeconds(random.nextInt(1, 10)));
            case 4 -> {
                if (random.nextInt(8) == 0) {
                    advance(Duration.ofSeconds(random.nextInt(10, 300)));
                }
            }
            case 5, 6 -> {
                if (faulty) {
                    fault();
                }
            }
            default -> {
                // most steps disturb nothing
            }
        }
    }

    /** Disturbs a server, mostly during a change, and only if another one keeps working. */
    private void harm() {
        var well = servers.stream().filter(Server::isWell).toList();
        if (well.size() < 2) {
            return;
        }
        var server = well.get(random.nextInt(well.size()));
        if (server.actor.isAt("READ") && random.nextInt(10) > 0) {
            return;
        }
        switch (random.nextInt(8)) {
            case 0 -> {
                tell(server.actor + " is killed");
                harmed = true;
                server.actor.kill();
            }
            case 1, 2 -> {
                tell(server.actor + " is cut from the database");
                harmed = true;
                server.cut = random.nextInt(4) == 0 ? Integer.MAX_VALUE : random.nextInt(1, 12);
                advance(Duration.ofSeconds(random.nextInt(0, 40)));
            }
            default -> {
                tell(server.actor + " is stopped");
                server.actor.freeze(random.nextInt(10, 150));
                advance(Duration.ofSeconds(random.nextInt(16, 40)));
            }
        }
    }

    /** Advances the clock. Undisturbed servers renew their leases meanwhile. */
    private void advance(Duration by) {
        tell("time goes by: " + by);
        for (var left = by; left.isPositive(); left = left.minus(RENEWAL)) {
            in.clock().advance(left.compareTo(RENEWAL) < 0 ? left : RENEWAL);
            servers.stream()
                    .filter(Server::isWell)
                    .forEach(server -> server.process.sandboxes().renewLeases());
        }
    }

    private void fault() {
        var cloud = clouds().get(random.nextInt(2));
        var call = Call.values()[random.nextInt(Call.values().length)];
        var fault = switch (random.nextInt(5)) {
            case 0, 1 -> Fault.refused(Kind.values()[random.nextInt(Kind.values().length)]);
            case 2 -> new Fault.AnswerLost();
            case 3 -> new Fault.RequestLost();
            default -> new Fault.Late();
        };
        tell("the next " + call + " suffers " + fault);
        cloud.plan(call, fault);
    }
}
