package dev.sandboxer.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.local.host.RootSource;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Programs inside see the limits of their sandbox instead of the host's, and a process reports if it was killed for lack of memory. */
class OwnLimitsIT {
    private static final SandboxSize SIZE = new SandboxSize(1000, 256, 64);
    private static final long BYTES = 256L << 20;

    private LocalHome home;
    private BackendSandbox sandbox;

    @BeforeEach
    void open() throws IOException {
        home = LocalHome.open(RootSource.ofThisHost());
        sandbox = home.create("base", SIZE);
    }

    @AfterEach
    void close() throws IOException {
        home.close();
    }

    private String sh(String script) throws InterruptedException {
        return home.sh(sandbox, script);
    }

    @Test
    void a_sandbox_can_read_its_own_control_groups_and_no_others() throws Exception {
        home.create();
        assertThat(sh("cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null"))
                .isEqualTo(Long.toString(BYTES));
        assertThat(sh("find /sys/fs/cgroup -name 'sandboxer*'")).isEmpty();
        assertThat(sh("cat /proc/self/cgroup")).doesNotContain("sandboxer");
        assertThat(sh("for f in $(find /sys/fs/cgroup -type f); do echo 1 2>/dev/null >\"$f\" && echo \"$f\"; done"))
                .as("files that could be written")
                .isEmpty();
        assertThat(
                        sh(
                                "sudo sh -c 'echo 1 >/sys/fs/cgroup/memory/cgroup.procs' 2>&1; sudo mkdir /sys/fs/cgroup/memory/x 2>&1"))
                .doesNotContain("not found")
                .contains("Read-only");
    }

    @Test
    void java_and_node_size_themselves_by_the_sandbox_s_memory() throws Exception {
        var java = sh("java -XX:+PrintFlagsFinal -version 2>/dev/null | awk '$2 == \"MaxHeapSize\" {print $4}'");
        assumeTrue(!java.isEmpty(), "needs Java on this host");
        assertThat(Long.parseLong(java)).isLessThanOrEqualTo(BYTES / 2);
        var node = sh("command -v node >/dev/null && node -p 'process.constrainedMemory()'");
        assertThat(node).isIn("", Long.toString(BYTES));
    }

    @Test
    void nproc_reports_the_processors_of_the_sandbox() throws Exception {
        assertThat(sh("nproc")).isEqualTo("1");
    }

    @Test
    void shared_memory_is_half_of_the_memory_and_counts_as_used_memory() throws Exception {
        assertThat(sh("df -k --output=size /dev/shm | tail -n 1")).isEqualTo(Long.toString(BYTES / 2 / 1024));
        var before = home.backend().metrics(sandbox.ref()).memoryUsedBytes();
        sh("head -c 64000000 /dev/zero >/dev/shm/file");
        assertThat(home.backend().metrics(sandbox.ref()).memoryUsedBytes()).isGreaterThan(before + 50_000_000);
    }

    @Test
    void the_sandbox_s_own_name_resolves_and_its_locale_is_utf8() throws Exception {
        assertThat(sh("getent hosts \"$(hostname)\"")).startsWith("127.0.1.1");
        assertThat(sh("echo $LANG; locale charmap 2>/dev/null")).isEqualTo("C.UTF-8\nUTF-8");
        assertThat(sh("LANG=C; echo $LANG")).isEqualTo("C");
    }

    @Test
    void the_sandbox_s_name_is_in_etc_hosts_exactly_once() throws Exception {
        assertThat(sh("grep -c \"$(hostname)\" /etc/hosts")).isEqualTo("1");
    }

    @Test
    void only_a_process_killed_for_lack_of_memory_reports_out_of_memory() throws Exception {
        assertThat(end("exec sh -c 'kill -9 $$'").outOfMemory())
                .as("killed by itself")
                .isFalse();
        var killed = end("exec tail </dev/zero");
        assertThat(killed.status()).isEqualTo(137);
        assertThat(killed.outOfMemory()).isTrue();
        assertThat(end("tail </dev/zero; exit $?").outOfMemory())
                .as("a shell whose command was killed")
                .isTrue();
        assertThat(end("exit 137").outOfMemory()).as("later").isFalse();
        assertThat(home.backend().metrics(sandbox.ref()).outOfMemoryKills()).isEqualTo(2);
    }

    private Exited end(String script) throws InterruptedException {
        try (var session = home.backend().connect(sandbox.ref());
                var process = session.processes().start(ProcessSpec.of("sh", "-c", script))) {
            while (true) {
                if (process.next(null) instanceof Exited exited) {
                    return exited;
                }
            }
        }
    }
}
