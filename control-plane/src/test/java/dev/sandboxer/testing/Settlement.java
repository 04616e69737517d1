package dev.sandboxer.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.lifecycle.Sandbox;
import dev.sandboxer.lifecycle.SandboxState;
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
                if (sandbox.state() == SandboxState.RUNNING) {
                    shown.put(
                            sandbox.extension() + "/" + sandbox.ref(),
                            sandbox.id().value());
                } else {
                    checkEnded(sandbox, history);
                }
                assertThat(process.sandboxes().attempts(sandbox))
                        .as("attempts of %s after %s", sandbox.id(), history)
                        .isNotEmpty()
                        .allSatisfy(attempt -> assertThat(attempt.outcome()).isNotNull());
            }
            assertThat(runningByTag(installation))
                    .as("what runs and what the store shows, after %s", history)
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
                .forEach((name, sandbox) -> running.put(name, sandbox.tag().sandbox()));
        return running;
    }
}
