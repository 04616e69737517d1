package dev.sandboxer.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.BackendSnapshot;
import dev.sandboxer.lifecycle.Snapshot;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import java.util.Map;
import java.util.TreeMap;

/** What must hold once repair has run, whatever happened before. */
public final class Settlement {
    private Settlement() {}

    /** What runs is what the store shows as running, everything else has ended, and every attempt has an outcome. */
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

    /** What must hold at any time: the store knows of everything that runs, and has written so before it was made. */
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

    /** Every kept disk has a row, and every row a kept disk. */
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
