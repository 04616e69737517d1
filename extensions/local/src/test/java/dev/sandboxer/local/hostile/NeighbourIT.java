package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.extension.session.ProcessEvent.Output;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A sandbox can't harm its neighbours through the kernel's limits per user, or through files that several sandboxes see. */
class NeighbourIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    @BeforeEach
    void requireMappedMounts() {
        var map = LAB.shared().sh("cat /proc/self/uid_map").text();
        assumeTrue(!map.contains("1879048192"), "needs ID-mapped mounts on this host");
    }

    @Test
    void a_sandbox_that_uses_up_the_kernel_s_limits_per_user_affects_nobody_else() throws InterruptedException {
        var neighbour = LAB.fresh();
        var attacker = LAB.fresh();
        try (var greedy = hold(attacker, "exhaust")) {
            assertThat(attacker.attack("user", "need").results())
                    .as("the attacker has used up its own limits")
                    .containsEntry("watcher", "EMFILE")
                    .containsEntry("flight", "ETOOMANYREFS")
                    .containsEntry("pipe", "EPERM");
            assertThat(neighbour.attack("user", "need").results())
                    .containsOnlyKeys("watcher", "flight", "pipe", "queue", "timer", "signal")
                    .allSatisfy((_, outcome) -> assertThat(outcome).isEqualTo("OK"));
            assertThat(neighbour.sh("sudo id -u").text()).isEqualTo("0");
            greedy.closeInput();
        }
    }

    @Test
    void a_lock_on_a_program_or_device_blocks_nobody_else() throws InterruptedException {
        var paths = List.of("/usr/bin/true", "/usr/bin", "/usr", "/dev/null", "/dev/zero", "/dev/urandom");
        try (var holder = hold(LAB.fresh(), lock(paths))) {
            for (String user : List.of("user", "root")) {
                var script = "for i in " + String.join(" ", paths) + "; do flock -n $i true || echo $i is locked; done";
                assertThat(LAB.shared()
                                .run(ProcessSpec.builder("/bin/sh", "-c", script)
                                        .user(user)
                                        .build())
                                .output())
                        .doesNotContain("is locked");
            }
            for (String path : paths) {
                assertThat(Victim.onHost("flock", "-n", path, "echo", "free"))
                        .as(path)
                        .isEqualTo("free");
            }
            holder.closeInput();
        }
    }

    private static String[] lock(List<String> paths) {
        var arguments = new ArrayList<>(List.of("lock"));
        arguments.addAll(paths);
        return arguments.toArray(String[]::new);
    }

    @Test
    void nobody_sees_which_programs_others_start() throws InterruptedException {
        var spy = LAB.fresh();
        try (var watcher = hold(spy, "watch", "/usr/bin", "/usr/lib", "/dev")) {
            assertThat(LAB.shared()
                            .sh("/usr/bin/uptime >/dev/null; /usr/bin/uname")
                            .text())
                    .isEqualTo("Linux");
            Victim.onHost("/usr/bin/uptime");
            Victim.onHost("/usr/bin/uname");
            assertThat(spy.sh("/usr/bin/tac </dev/null; echo done").text()).isEqualTo("done");
            watcher.closeInput();
            assertThat(Victim.await(watcher).output())
                    .as("it sees its own programs, so the watch works")
                    .contains("seen=tac")
                    .doesNotContain("uptime", "uname");
        }
    }

    /** Starts an attack as {@code user}, and returns once it holds its resources. */
    private static RunningProcess hold(Victim victim, String... attack) throws InterruptedException {
        var argv = new ArrayList<>(List.of(victim.attackProgram()));
        argv.addAll(List.of(attack));
        var process = victim.session()
                .processes()
                .start(ProcessSpec.builder(argv)
                        .user("user")
                        .stdin(true)
                        .timeout(Victim.TIMEOUT)
                        .build());
        var output = new StringBuilder();
        while (!output.toString().contains("held=OK")) {
            if (!(process.next(Victim.TIMEOUT) instanceof Output(var _, byte[] bytes))) {
                throw new AssertionError("the attack has ended or prints nothing; so far: " + output);
            }
            output.append(new String(bytes, StandardCharsets.UTF_8));
        }
        return process;
    }
}
