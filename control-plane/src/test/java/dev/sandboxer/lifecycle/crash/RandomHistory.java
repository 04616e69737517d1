package dev.sandboxer.lifecycle.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.config.AccountLimit;
import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.testing.FakeCloud;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.RepairChecks;
import dev.sandboxer.testing.TestInstallation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Processes change several sandboxes one after the other, while backends fail and the processes are killed. */
final class RandomHistory {
    private static final int STEPS = 40;
    private static final int MAX_POINTS = 14;
    private static final int MAX_LIVE = 6;
    private static final int MAX_IN_ACCOUNT = 4;

    private final SplittableRandom random;
    private final TestInstallation in;
    private final List<String> told = new ArrayList<>();

    RandomHistory(long seed, Path home) {
        random = new SplittableRandom(seed);
        in = new TestInstallation(home);
        in.declared().put(TestInstallation.ME, new ConsumerLimits(null, List.of(), MAX_LIVE, null, null, null, null));
        in.limit(in.profile().route().getFirst(), new AccountLimit(null, MAX_IN_ACCOUNT, Duration.ofSeconds(1)));
    }

    /** Runs the history. Fails if something is left over at the end. */
    void run() {
        for (int step = 0; step < STEPS; step++) {
            step();
            RepairChecks.checkIntents(in, text());
        }
        for (FakeCloud cloud : List.of(in.first(), in.second())) {
            cloud.heal();
            cloud.catchUp();
        }
        in.repair();
        check(text());
        var later = text() + "\n40 days later"; // longer than paused sandboxes are kept
        in.clock().advance(Duration.ofDays(40));
        in.repair();
        check(later);
        assertThat(in.running()).as("still running after %s", later).isEmpty();
        checkRoomInAccount(later);
        RepairChecks.checkRoom(in, later);
    }

    /** Checks that the limited account still takes as many sandboxes as it may have, and removes the limit. */
    private void checkRoomInAccount(String history) {
        var extension = in.profile().route().getFirst();
        var request = CreateSandbox.of(TestInstallation.ME, TestInstallation.profile(extension))
                .build();
        for (int i = 0; i < MAX_IN_ACCOUNT; i++) {
            var sandbox = in.inProcess(sandboxes -> sandboxes.create(request));
            assertThat(sandbox.state()).as("creation %s after %s", i, history).isEqualTo(SandboxState.RUNNING);
        }
        in.inProcess(sandboxes -> sandboxes.list(TestInstallation.ME, false).stream()
                .map(sandboxes::destroy)
                .toList());
        in.limit(extension, AccountLimit.NONE);
    }

    private void check(String history) {
        RepairChecks.check(in, history);
        RepairChecks.checkKeys(in, history);
        RepairChecks.checkUsage(in, history);
    }

    String text() {
        return String.join("\n", told);
    }

    private void step() {
        switch (random.nextInt(15)) {
            case 0, 1, 2 -> inProcess("create", sandboxes -> sandboxes.create(request()));
            case 3, 4 -> inProcess("destroy", sandboxes -> sandboxes.destroy(any(sandboxes)));
            case 5 ->
                inProcess(
                        "extend",
                        sandboxes -> sandboxes.extend(
                                any(sandboxes), Duration.ofMinutes(random.nextInt(1, 59)), in.profile()));
            case 6 -> inProcess("use", sandboxes -> sandboxes.use(any(sandboxes), session -> "done"));
            case 7, 8 ->
                inProcess("repair", sandboxes -> {
                    sandboxes.repair().repairUnfinished();
                    sandboxes.repair().reconcile(in.extensions());
                });
            case 9 -> {
                var by = Duration.ofSeconds(random.nextInt(1, 1200));
                told.add("time goes by: " + by);
                in.clock().advance(by);
            }
            case 10 -> inProcess("pause", sandboxes -> sandboxes.pause(any(sandboxes)));
            case 11 -> {
                var ttl = Duration.ofMinutes(random.nextInt(1, 59));
                inProcess("resume", sandboxes -> sandboxes.resume(any(sandboxes), ttl, in.profile()));
            }
            case 12, 13 -> fault(random.nextBoolean() ? in.first() : in.second());
            default -> accident(random.nextBoolean() ? in.first() : in.second());
        }
    }

    private interface Work {
        void on(Sandboxes sandboxes);
    }

    private void inProcess(String name, Work work) {
        // half of the processes survive, because they never reach the chosen point
        var point = random.nextInt(1, 2 * MAX_POINTS);
        var death = in.inKilledProcess(point < MAX_POINTS ? point : Integer.MAX_VALUE, work::on);
        told.add(name + death.map(text -> ", " + text).orElse(""));
    }

    /** Returns a sandbox that is not known to have ended, or sometimes one that has. Creates one if there is none. */
    private Sandbox any(Sandboxes sandboxes) {
        var all = sandboxes.list(TestInstallation.ME, random.nextInt(8) == 0);
        return all.isEmpty() ? sandboxes.create(request()) : all.get(random.nextInt(all.size()));
    }

    private CreateSandbox request() {
        var key = random.nextInt(3) == 0 ? "key" + random.nextInt(4) : null;
        return CreateSandbox.of(TestInstallation.ME, in.profile())
                .idempotencyKey(key)
                .metadata(key == null ? Map.of() : Map.of("key", key))
                .holder(holder())
                .build();
    }

    private @Nullable ProcessIdentity holder() {
        return switch (random.nextInt(6)) {
            case 0 -> new ProcessIdentity(TestInstallation.DEAD);
            case 1 -> ProcessIdentity.current();
            default -> null;
        };
    }

    private void fault(FakeCloud cloud) {
        var call = Call.values()[random.nextInt(Call.values().length)];
        var fault = switch (random.nextInt(5)) {
            case 0, 1 -> Fault.refused(Kind.values()[random.nextInt(Kind.values().length)]);
            case 2 -> new Fault.AnswerLost();
            case 3 -> new Fault.RequestLost();
            default -> call == Call.LIST ? new Fault.SeesNothing() : new Fault.Late();
        };
        told.add("the next " + call + " suffers " + fault);
        cloud.plan(call, fault);
    }

    private void accident(FakeCloud cloud) {
        if (random.nextBoolean()) {
            told.add("late calls arrive");
            cloud.catchUp();
            return;
        }
        var running = cloud.running();
        if (!running.isEmpty()) {
            BackendSandbox victim = running.get(random.nextInt(running.size()));
            told.add("lost: " + victim.ref());
            cloud.lose(victim.ref());
        }
    }
}
