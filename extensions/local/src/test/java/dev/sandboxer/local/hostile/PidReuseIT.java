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

/** A sandbox has died, and its pids belong to other processes by now. */
class PidReuseIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    private Process stranger;
    private Victim victim;

    @BeforeEach
    void give_the_pids_of_a_dead_sandbox_to_a_stranger() throws Exception {
        victim = LAB.fresh();
        Victim.onHost("kill", "-KILL", Long.toString(LAB.agentPid(victim)));
        var launched = LAB.folder(victim).resolve("launched");
        var before = Files.readString(launched);
        stranger = startedInAnotherTickThan(before);
        // the pid is the stranger's, the time is still that of the dead process: this is how reuse looks
        Files.writeString(launched, before.replaceAll("\"pid\":\\d+", "\"pid\":" + stranger.pid()));
        assertThat(Files.readString(launched)).isNotEqualTo(before);
    }

    /** Start times have a resolution of 10 ms; a process that starts in the same tick looks like the dead one. */
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
    void end_the_stranger() throws InterruptedException {
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
    void a_listing_frees_what_is_left_of_it_and_spares_the_stranger() {
        assertThat(LAB.backend().list()).isEmpty();

        assertThat(stranger.isAlive()).isTrue();
        LAB.leftovers().assertNone();
    }

    @Test
    void its_end_spares_the_stranger() {
        LAB.backend().destroy(victim.ref());

        assertThat(stranger.isAlive()).isTrue();
        LAB.leftovers().assertNone();
    }
}
