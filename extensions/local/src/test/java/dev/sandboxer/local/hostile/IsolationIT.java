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

/** A sandbox sees the host's programs and nothing else of the host. */
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
    void only_the_agent_and_its_children_are_in_the_list_of_processes() {
        var names = LAB.shared().rootSh("cat /proc/[0-9]*/comm").text().split("\n");
        assertThat(names).contains("sandboxer").isSubsetOf("sandboxer", "bash", "cat", "sh", "rm", "sudo");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/root", "/home", "/tmp", "/var/tmp", "/etc", "/opt", "/srv", "/run"})
    void a_file_of_the_host_cannot_be_found_inside(String directory) throws IOException {
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
    void the_host_s_secrets_and_state_are_not_visible() throws IOException {
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
                "/proc/kcore")) {
            assertThat(shared.rootSh("test -e '" + path + "'").status())
                    .as(path)
                    .isEqualTo(1);
        }
        assertThat(shared.rootSh("ls -A /root /mnt | grep -v :").output().strip())
                .isEmpty();
        assertThat(shared.rootSh("cd /sys; ls -A; ls -A fs").text())
                .as("only its own control groups")
                .isIn("fs\ncgroup", "");
        assertThat(shared.rootSh("cat /etc/passwd").text())
                .isNotEqualTo(Files.readString(Path.of("/etc/passwd")).strip());
    }

    @Test
    void root_s_changes_below_usr_affect_its_own_sandbox_only() {
        var before =
                Victim.onHost("stat", "-c", "%a %u %s %h %Y %n", "/usr", "/usr/bin", "/usr/bin/env", "/usr/bin/tac");
        LAB.fresh()
                .rootSh(
                        "touch /usr/x; rm -f /usr/bin/env; chmod 4777 /usr/bin/tac; mv /usr/bin/nl /usr/bin/env2;"
                                + " echo x >> /usr/bin/tac; chown user /usr/bin/tac; ln /usr/bin/tac /usr/bin/tac2; rm -rf /usr/share");
        assertThat(Victim.onHost("stat", "-c", "%a %u %s %h %Y %n", "/usr", "/usr/bin", "/usr/bin/env", "/usr/bin/tac"))
                .isEqualTo(before);
        assertThat(Path.of("/usr/x")).doesNotExist();
        assertThat(Path.of("/usr/bin/env2")).doesNotExist();
        assertThat(Path.of("/usr/share")).isNotEmptyDirectory();
        assertThat(LAB.shared()
                        .sh("ls /usr/x /usr/bin/env2; ls -d /usr/bin/env /usr/share")
                        .output())
                .contains("cannot access '/usr/x'", "cannot access '/usr/bin/env2'")
                .contains("/usr/bin/env\n/usr/share");
    }

    @Test
    void user_cannot_change_root_s_files() {
        var result = LAB.shared()
                .sh("touch /usr/x; rm -f /usr/bin/env; chmod 4777 /usr/bin/env; mv /usr/bin/env /usr/bin/env2;"
                        + " echo x >> /usr/bin/env; chown user /usr/bin/env; ln /usr/bin/env /home/user/env");
        assertThat(result.output().split("\n"))
                .hasSize(7)
                .allSatisfy(line -> assertThat(line)
                        .containsAnyOf("Read-only", "not permitted", "Permission denied", "cross-device"));
    }

    @Test
    void the_host_s_state_in_proc_is_covered() {
        var readable = LAB.shared()
                .rootSh("cd /proc && find . -maxdepth 1 -type f -readable -printf '%P\n' | while read f;"
                        + " do [ -n \"$(head -c 1 $f | tr '\\0' x)\" ] && echo $f; done; true")
                .text()
                .split("\n");
        assertThat(readable)
                .contains("cpuinfo", "meminfo", "stat", "uptime", "version")
                .isSubsetOf(
                        "cgroups",
                        "cpuinfo",
                        "filesystems",
                        "loadavg",
                        "locks",
                        "meminfo",
                        "stat",
                        "uptime",
                        "version",
                        "vmstat");
        assertThat(LAB.shared()
                        .rootSh("cd /proc && ls fs acpi bus irq driver pressure 2>/dev/null | grep -v '^$\\|:$'")
                        .output())
                .isEmpty();
        assertThat(LAB.shared()
                        .rootSh("echo x > /proc/cmdline; touch /proc/fs/x")
                        .output()
                        .split("\n"))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("Read-only"));
    }

    @Test
    void only_the_sandbox_s_own_file_systems_are_mounted() {
        var mounts = LAB.shared().sh("cut -d' ' -f2,3,4 /proc/mounts").text().split("\n");
        assertThat(mounts).allSatisfy(line -> {
            var fields = line.split(" ");
            assertThat(fields[0])
                    .matches(
                            "/|/usr|/var/lib/dpkg|/usr/local/sbin|/usr/bin/sudo|/sys/fs/cgroup(/\\w*)?|/bin|/sbin|/lib\\w*|/proc(/.*)?|/dev(/.*)?");
            assertThat(fields[2].split(",")).contains("nosuid");
            if (!fields[1].matches("proc|devpts|tmpfs|devtmpfs|overlay") && !fields[0].equals("/")) {
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
