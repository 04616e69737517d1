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

/** What a sandbox sees of the host: its programs, and nothing else. */
class IsolationIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    @ParameterizedTest
    @ValueSource(strings = {"user", "root"})
    void no_process_of_the_host_is_visible_or_can_be_signalled(String user) throws IOException {
        var sleep = new ProcessBuilder("sleep", "60").start();
        try {
            var pids = List.of(sleep.pid(), ProcessHandle.current().pid());
            var attempts = LAB.shared()
                    .attack(
                            user,
                            "processes",
                            pids.get(0).toString(),
                            pids.get(1).toString());
            for (Long pid : pids) {
                attempts.failed("ESRCH", "kill-" + pid, "pidfd-" + pid).failed("ENOENT", "proc-" + pid, "root-" + pid);
            }
            assertThat(sleep.isAlive()).isTrue();
        } finally {
            sleep.destroyForcibly();
        }
    }

    @Test
    void only_the_agent_and_what_it_started_is_in_the_list_of_processes() {
        var names = LAB.shared().rootSh("cat /proc/[0-9]*/comm").text().split("\n");
        assertThat(names).contains("sandboxer").isSubsetOf("sandboxer", "bash", "cat", "sh", "rm", "sudo");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/root", "/home", "/tmp", "/var/tmp", "/etc", "/opt", "/srv", "/run"})
    void a_file_of_the_host_is_nowhere_to_be_found(String directory) throws IOException {
        var canary = Files.createTempFile(Path.of(directory), "canary", ".host");
        try {
            var name = canary.getFileName().toString();
            Files.writeString(canary, "a secret of the host");
            var script = "find / -name " + name + " -print 2>/dev/null; cat /proc/[0-9]*/root" + canary + " " + canary
                    + " /../.." + canary + " /proc/self/cwd/../../.." + canary;
            assertThat(LAB.shared().rootSh(script).output())
                    .contains("No such file")
                    .doesNotContain("secret")
                    .doesNotStartWith("/");
        } finally {
            Files.delete(canary);
        }
    }

    @Test
    void the_host_s_secrets_and_state_are_not_there() throws IOException {
        var shared = LAB.shared();
        for (String path : List.of(
                "/work",
                LAB.home().toString(),
                "/etc/shadow",
                "/etc/gshadow",
                "/etc/sudoers",
                "/etc/ssh",
                "/var/run/docker.sock",
                "/run/docker.sock",
                "/var/lib/docker",
                "/boot",
                "/.dockerenv",
                "/etc/machine-id",
                "/var/lib/dpkg",
                "/proc/kcore")) {
            assertThat(shared.rootSh("test -e '" + path + "'").status())
                    .as(path)
                    .isEqualTo(1);
        }
        assertThat(shared.rootSh("ls -A /sys /root /mnt | grep -v :").output().strip())
                .isEmpty();
        assertThat(shared.rootSh("cat /etc/passwd").text())
                .isNotEqualTo(Files.readString(Path.of("/etc/passwd")).strip());
    }

    @Test
    void the_host_s_programs_can_not_be_changed() {
        var result = LAB.shared()
                .rootSh("touch /usr/x; rm -f /usr/bin/env; chmod 4777 /usr/bin/env; mv /usr/bin/env /usr/bin/env2;"
                        + " echo x >> /usr/bin/env; chown user /usr/bin/env; ln /usr/bin/env /home/user/env");
        assertThat(result.output().split("\n"))
                .hasSize(7)
                .allSatisfy(line -> assertThat(line)
                        .containsAnyOf("Read-only", "not permitted", "Permission denied", "cross-device"));
        HostileFilesIT.refused(() -> LAB.shared().write("/usr/x", "x"));
        HostileFilesIT.refused(() -> LAB.shared().files().remove("/usr/bin/env", null));
        assertThat(Path.of("/usr/bin/env")).isExecutable();
    }

    @Test
    void only_the_sandbox_s_own_file_systems_are_mounted() {
        var mounts = LAB.shared().sh("cut -d' ' -f2,3,4 /proc/mounts").text().split("\n");
        assertThat(mounts).allSatisfy(line -> {
            var fields = line.split(" ");
            assertThat(fields[0])
                    .matches("/|/usr|/usr/local/sbin|/usr/bin/sudo|/bin|/sbin|/lib\\w*|/proc(/.*)?|/dev(/.*)?");
            assertThat(fields[2].split(",")).contains("nosuid");
            if (!fields[1].matches("proc|devpts|tmpfs|devtmpfs") && !fields[0].equals("/")) {
                assertThat(fields[2].split(",")).contains("ro");
            }
        });
    }

    @Test
    void another_sandbox_is_out_of_reach() {
        var other = LAB.fresh();
        var secret = "secret-" + System.nanoTime();
        other.write("/tmp/secret", secret);
        other.rootSh("nohup sleep 60 >/dev/null 2>&1 & echo " + secret + " > /dev/shm/secret; ipcmk -M 4096");
        var seen = LAB.shared()
                .rootSh("cat /proc/*/root/tmp/secret /tmp/secret /dev/shm/*; ipcs -m; ps -e 2>&1;"
                        + "ls -R / 2>/dev/null | grep -c root.img; cat /proc/net/unix");
        assertThat(seen.output()).contains("No such file").doesNotContain(secret, "sleep", "0x0");
        assertThat(LAB.shared().rootSh("kill -9 -1; true").exited()).isNotNull();
        assertThat(other.sh("pgrep -c sleep").text()).isEqualTo("1");
    }
}
