package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent is the sandbox's pid 1 and holds the socket to the host, so nobody inside may control it. */
class AgentInsideIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    @ParameterizedTest
    @ValueSource(strings = {"user", "root"})
    void nobody_inside_can_access_the_agent_s_memory_and_descriptors(String user) {
        var attempts = LAB.shared()
                .attack(user, "agent-memory")
                .failed("EPERM", "ptrace-attach", "ptrace-seize", "process_vm_readv", "process_vm_writev")
                .failed(List.of("EPERM", "EACCES"), "mem", "mem-read", "exe", "exe-write", "fd", "root", "cwd")
                .failed(List.of("EPERM", "EACCES"), "exe-link", "root-link", "fd-link", "namespace", "environ")
                .failed(List.of("EPERM", "EACCES"), "pidfd_getfd", "process_madvise");
        if (user.equals("user")) {
            attempts.allFailed(20);
        } // root may offer the agent to the OOM killer, which only ends its own sandbox
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "root"})
    void no_signal_from_inside_affects_the_agent(String user) {
        var attempts = LAB.shared().attack(user, "agent-signals");
        assertThat(attempts.results()).hasSizeGreaterThan(60);
        if (user.equals("user")) {
            attempts.allFailed(60);
        }
        assertThat(LAB.shared().sh("echo alive").text()).isEqualTo("alive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "root"})
    void nobody_inside_can_set_the_agent_s_limits_or_priority(String user) {
        LAB.shared().attack(user, "agent-limits").allFailed(12);
        assertThat(LAB.shared().sh("echo alive").text()).isEqualTo("alive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "root"})
    void nobody_inside_can_become_the_agent_s_user(String user) {
        LAB.shared()
                .attack(user, "agent-id")
                .failed("EPERM", "setuid-0", "setreuid-1", "setresuid-0", "setresuid-2-high-bits", "setgid-0")
                .allFailed(38);
        assertThat(LAB.shared().sh("sudo -u '#65533' id").status()).isNotZero();
        assertThat(LAB.shared().sh("echo alive; sudo -u '#65532' id -u").text()).isEqualTo("alive\n65532");
    }

    @Test
    void killing_everything_inside_leaves_the_agent() {
        var victim = LAB.fresh();
        victim.sh("sleep 100 & sleep 100 & true");
        assertThat(victim.rootSh("kill -9 -1").exited().signal()).isIn(0, 9);
        assertThat(victim.sh("kill -9 -1; kill -9 1; echo alive").output()).isNotNull();
        assertThat(victim.sh("pgrep sleep || echo none").text()).isEqualTo("none");
        assertThat(victim.rootSh("kill -STOP 1; echo alive").text()).isEqualTo("alive");
    }

    @Test
    void the_agent_s_program_cannot_be_changed_from_inside() throws IOException {
        var sandbox = LAB.shared();
        var program = agentOnHost();
        var before = Files.readAllBytes(program);
        sandbox.sh("ln -sfn /proc/self/exe exe; ln -sfn /proc/1/exe exe1");
        for (String path : List.of("exe", "exe1", "/proc/self/exe", "/proc/1/exe")) {
            HostileFilesIT.refused(() -> sandbox.write(path, "owned"));
        }
        sandbox.rootSh("echo owned > /proc/1/exe; sudo -V; echo owned > /usr/bin/sudo");
        assertThat(program).hasBinaryContent(before);
    }

    private static Path agentOnHost() throws IOException {
        try (var all = Files.newDirectoryStream(LAB.home(), "agent-*")) {
            return all.iterator().next();
        }
    }

    @Test
    void nothing_inside_reveals_a_path_of_the_host() {
        var output = LAB.shared()
                .rootSh("cat /proc/self/mountinfo /proc/mounts; tr '\\0' ' ' < /proc/1/cmdline; "
                        + "cat /proc/1/mountinfo /proc/1/maps /proc/1/comm; tr '\\0' ' ' < /proc/1/environ; readlink /proc/1/exe;"
                        + "cat /proc/self/cgroup /proc/1/cgroup /proc/partitions /proc/swaps; env");
        assertThat(output.output())
                .contains("ext4")
                .doesNotContain(LAB.home().toString())
                .doesNotContain(LAB.context().installation())
                .doesNotContain("/sbx", "agent.sock", "root.img", "launched", "--deadline", "/work", "/root/");
    }

    @Test
    void the_agent_s_socket_has_no_name_inside() {
        assertThat(LAB.shared().rootSh("cat /proc/net/unix").text())
                .contains("@sandboxer-sudo")
                .doesNotContain("agent.sock");
        assertThat(LAB.shared().rootSh("find / -xdev -type s 2>/dev/null").output())
                .isEmpty();
    }
}
