package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.local.host.ProcFs;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A sandbox has died, and its agent's pid now belongs to another process. */
class PidReuseIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    private Process stranger;
    private Victim victim;

    @BeforeEach
    void giveThePidOfADeadSandboxToAnotherProcess() throws Exception {
        victim = LAB.fresh();
        Victim.onHost("kill", "-KILL", Long.toString(LAB.agentPid(victim)));
        var launched = LAB.folder(victim).resolve("launched");
        var before = Files.readString(launched);
        stranger = startedInAnotherTickThan(before);
        // writes the other process's pid with the dead process's start time, as if the kernel had reused the pid
        Files.writeString(launched, before.replaceAll("\"pid\":\\d+", "\"pid\":" + stranger.pid()));
        assertThat(Files.readString(launched)).isNotEqualTo(before);
    }

    /** Start times have a resolution of 10 ms. A process that starts in the same tick would look like the dead one. */
    private static Process startedInAnotherTickThan(String launched) throws Exception {
        while (true) {
            var candidate = new ProcessBuilder("sleep", "1000").start();
            var start = ProcFs.startTime(candidate.pid()).orElseThrow();
            if (!launched.contains("\"pidStart\":" + start + "}")) {
                return candidate;
            }
            candidate.destroyForcibly().waitFor();
        }
    }

    @AfterEach
    void endTheOtherProcess() throws InterruptedException {
        stranger.destroyForcibly().waitFor();
    }

    @Test
    void the_sandbox_counts_as_gone() {
        assertThat(LAB.backend().find(victim.sandbox().tag())).isEmpty();
        assertThatThrownBy(() -> LAB.backend().connect(victim.ref()))
                .isInstanceOfSatisfying(
                        ExtensionException.class, e -> assertThat(e.kind()).isEqualTo(ExtensionException.Kind.GONE));
    }

    @Test
    void a_listing_removes_the_dead_sandbox_and_spares_the_other_process() {
        assertThat(LAB.backend().list()).isEmpty();

        assertThat(stranger.isAlive()).isTrue();
        LAB.leftovers().assertNone();
    }

    @Test
    void destroying_the_dead_sandbox_spares_the_other_process() {
        LAB.backend().destroy(victim.ref());

        assertThat(stranger.isAlive()).isTrue();
        LAB.leftovers().assertNone();
    }
}
