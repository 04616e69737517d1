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

/** When the agent dies, all processes in its sandbox die too, and no caller waits for an answer. */
@Timeout(90)
class AgentDeathIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void killing_the_agent_ends_everything_inside() throws Exception {
        var victim = LAB.fresh();
        var unharmed = LAB.fresh();
        var process = startSleeping(victim);

        Victim.onHost("kill", "-KILL", Long.toString(LAB.agentPid(victim)));

        assertThatIsGone(victim, process);
        assertThat(unharmed.sh("echo unharmed").text()).isEqualTo("unharmed");
    }

    @Test
    void an_idle_sandbox_is_one_process() {
        var victim = LAB.fresh();

        assertThat(LAB.leftovers().processesOf(victim.sandbox().tag()))
                .containsExactly("/proc/" + LAB.agentPid(victim));
    }

    /** The memory is spread over several processes, so that the OOM killer prefers the agent, although it is small. */
    @Test
    void root_inside_can_offer_the_agent_to_the_oom_killer_and_ends_only_its_own_sandbox() throws Exception {
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
        await().atMost(LIMIT)
                .until(() -> LAB.backend().find(tag).isEmpty()); // a process leaves its groups just before its end
        assertThatThrownBy(() -> victim.sh("true"))
                .isInstanceOfSatisfying(
                        ExtensionException.class, e -> assertThat(e.kind()).isEqualTo(ExtensionException.Kind.GONE));
        assertThat(LAB.backend().list()).noneMatch(left -> left.tag().equals(tag));
        assertThat(LAB.folder(victim)).as("the listing removes the folder").doesNotExist();
    }
}
