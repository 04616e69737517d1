package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When the agent dies, everything in its sandbox dies too, and no caller waits for an answer. */
@Timeout(90)
class AgentDeathIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void a_killed_agent_takes_everything_inside_along() throws Exception {
        var victim = LAB.fresh();
        var unharmed = LAB.fresh();
        var process = startSleeping(victim);

        Victim.onHost("kill", "-KILL", Long.toString(LAB.agentPid(victim)));

        assertThatIsGone(victim, process);
        assertThat(unharmed.sh("echo unharmed").text()).isEqualTo("unharmed");
    }

    @Test
    void a_sandbox_at_rest_is_one_process() {
        var victim = LAB.fresh();

        assertThat(LAB.leftovers().processesOf(victim.sandbox().tag()))
                .containsExactly("/proc/" + LAB.agentPid(victim));
    }

    /** So much memory in several processes that the agent, though small, is what the killer takes first. */
    @Test
    void a_root_inside_that_offers_its_agent_to_the_memory_killer_ends_its_own_sandbox_only() throws Exception {
        var victim = LAB.fresh();
        var unharmed = LAB.fresh();
        var process = startSleeping(victim);

        victim.session()
                .processes()
                .start(ProcessSpec.builder(
                                "/bin/bash",
                                "-c",
                                "echo 1000 > /proc/1/oom_score_adj; echo 0 > /proc/self/oom_score_adj;"
                                        + " tail /dev/zero & tail /dev/zero & tail /dev/zero & wait")
                        .user("root")
                        .build());

        assertThatIsGone(victim, process);
        assertThat(unharmed.sh("echo unharmed").text()).isEqualTo("unharmed");
    }

    private static RunningProcess startSleeping(Victim victim) throws InterruptedException {
        var process = victim.session()
                .processes()
                .start(ProcessSpec.of("/bin/bash", "-c", "(setsid sleep 1000 &); echo up; sleep 1000"));
        assertThat(process.next(LIMIT)).isInstanceOf(ProcessEvent.Output.class);
        return process;
    }

    private static void assertThatIsGone(Victim victim, RunningProcess process) {
        var tag = victim.sandbox().tag();
        assertThatThrownBy(() -> process.next(LIMIT))
                .isInstanceOfSatisfying(
                        ExtensionException.class, e -> assertThat(e.kind()).isEqualTo(ExtensionException.Kind.GONE));
        await().atMost(LIMIT).until(() -> LAB.leftovers().processesOf(tag).isEmpty());
        await().atMost(LIMIT).until(() -> LAB.backend().find(tag).isEmpty()); // it leaves its groups a moment before
        assertThatThrownBy(() -> victim.sh("true"))
                .isInstanceOfSatisfying(
                        ExtensionException.class, e -> assertThat(e.kind()).isEqualTo(ExtensionException.Kind.GONE));
        assertThat(LAB.backend().list()).noneMatch(left -> left.tag().equals(tag));
        assertThat(LAB.folder(victim)).as("what a listing frees").doesNotExist();
    }
}
