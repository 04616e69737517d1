package dev.sandboxer.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.feature.BackendSnapshot;
import dev.sandboxer.lifecycle.snapshots.Snapshot;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.quotas.Usage;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Checks what must hold after repair, whatever has happened before. */
public final class RepairChecks {
    private RepairChecks() {}

    /** Checks that exactly the sandboxes that the store shows are running, that all others have ended, and that attempts have outcomes. */
    public static void check(TestInstallation installation, String history) {
        try (var process = installation.start()) {
            var shown = new TreeMap<String, String>();
            for (Sandbox sandbox : process.sandboxes().list(TestInstallation.ME, true)) {
                if (sandbox.state() == SandboxState.RUNNING || sandbox.state() == SandboxState.PAUSED) {
                    assertThat(sandbox.pending())
                            .as("pending change of %s after %s", sandbox, history)
                            .isNull();
                    shown.put(
                            sandbox.extension() + "/" + sandbox.ref(), shown(sandbox.id(), sandbox.pausedAt() != null));
                } else {
                    checkEnded(sandbox, history);
                }
                assertThat(process.sandboxes().attempts(sandbox))
                        .as("attempts of %s after %s", sandbox.id(), history)
                        .isNotEmpty()
                        .allSatisfy(attempt -> assertThat(attempt.outcome()).isNotNull());
            }
            assertThat(runningByTag(installation))
                    .as("what runs and what the database shows, after %s", history)
                    .isEqualTo(shown);
        }
    }

    /** Checks what must hold at any time: the store has an attempt for every running sandbox, written before its creation. */
    public static void checkIntents(TestInstallation installation, String history) {
        try (var process = installation.start()) {
            for (BackendSandbox running : installation.running().values()) {
                var id = running.tag().sandbox();
                var sandbox = process.sandboxes().get(TestInstallation.ME, id);
                assertThat(process.sandboxes().attempts(sandbox))
                        .as("attempts of %s after %s", id, history)
                        .anySatisfy(attempt -> assertThat(attempt.number())
                                .isEqualTo(running.tag().attempt()));
            }
        }
    }

    /** Checks that each idempotency key has created at most one sandbox. Sandboxes carry their key in the metadata {@code key=NAME}. */
    public static void checkKeys(TestInstallation installation, String history) {
        try (var process = installation.start()) {
            var byKey = process.sandboxes().list(TestInstallation.ME, true).stream()
                    .filter(sandbox -> sandbox.metadata().containsKey("key"))
                    .filter(sandbox -> sandbox.state() != SandboxState.FAILED)
                    .collect(Collectors.groupingBy(sandbox -> sandbox.metadata().get("key")));
            assertThat(byKey)
                    .as("sandboxes by idempotency key after %s", history)
                    .allSatisfy((key, sandboxes) -> assertThat(sandboxes).hasSize(1));
        }
    }

    /** Checks that no deadline in the store is later than the backend's. */
    public static void checkDeadlines(TestInstallation installation, String history) {
        try (var process = installation.start()) {
            for (BackendSandbox running : installation.running().values()) {
                var sandbox = process.sandboxes()
                        .get(TestInstallation.ME, running.tag().sandbox());
                assertThat(sandbox.deadline())
                        .as("deadline of %s after %s", sandbox, history)
                        .isBeforeOrEqualTo(running.deadline());
            }
        }
    }

    /** Checks that the usage in the quotas is that of the consumer's sandboxes, and within its limit. */
    public static void checkUsage(TestInstallation installation, String history) {
        try (var process = installation.start()) {
            var all = process.sandboxes().list(TestInstallation.ME, false);
            var paused =
                    all.stream().filter(it -> it.state() == SandboxState.PAUSED).count();
            assertThat(process.quotas().usage(TestInstallation.ME))
                    .as("usage after %s", history)
                    .isEqualTo(new Usage(
                            all.size(),
                            (all.size() - paused) * TestInstallation.SIZE.cpuMillis(),
                            (long) all.size() * TestInstallation.SIZE.memoryMiB()));
            assertThat(all)
                    .as("sandboxes within the limit after %s", history)
                    .hasSizeLessThanOrEqualTo(maxLive(installation));
        }
    }

    /** Checks, after all sandboxes have ended, that the consumer can create as many as its limit allows, and no more. */
    public static void checkRoom(TestInstallation installation, String history) {
        for (int i = 0; i < maxLive(installation); i++) {
            var sandbox = installation.inProcess(sandboxes -> sandboxes.create(installation.request()));
            assertThat(sandbox.state()).as("creation %s after %s", i, history).isEqualTo(SandboxState.RUNNING);
        }
        assertThatExceptionOfType(SandboxException.class)
                .as("one more after %s", history)
                .isThrownBy(() -> installation.inProcess(sandboxes -> sandboxes.create(installation.request())))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.OVER_QUOTA));
    }

    private static int maxLive(TestInstallation installation) {
        var limits = installation.declared().getOrDefault(TestInstallation.ME, ConsumerLimits.NONE);
        return limits.maxLive() == null ? Integer.MAX_VALUE : limits.maxLive();
    }

    private static void checkEnded(Sandbox sandbox, String history) {
        assertThat(sandbox.state().ended())
                .as("%s has ended after %s", sandbox, history)
                .isTrue();
        assertThat(sandbox.reason())
                .as("reason of %s after %s", sandbox, history)
                .isNotNull();
        assertThat(sandbox.endedAt()).as("end of %s after %s", sandbox, history).isNotNull();
    }

    private static Map<String, String> runningByTag(TestInstallation installation) {
        var running = new TreeMap<String, String>();
        installation
                .running()
                .forEach((name, sandbox) ->
                        running.put(name, shown(new SandboxId(sandbox.tag().sandbox()), sandbox.paused())));
        return running;
    }

    private static String shown(SandboxId id, boolean paused) {
        return id + (paused ? " paused" : " running");
    }

    /** Checks that the store and the cloud have the same snapshots. */
    public static void checkSnapshots(TestInstallation installation, String history) {
        try (var process = installation.start()) {
            assertThat(process.sandboxes().snapshots().list(TestInstallation.ME, null, null, null, 100))
                    .as("snapshots after %s", history)
                    .extracting(Snapshot::id)
                    .containsExactlyInAnyOrderElementsOf(installation.first().snapshots().stream()
                            .map(BackendSnapshot::name)
                            .toList());
        }
    }
}
