package dev.sandboxer.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProcessIdentityTest {
    @Test
    void this_process_is_alive() {
        assertThat(ProcessIdentity.current().isGone(true)).isFalse();
        assertThat(new ProcessIdentity(ProcessIdentity.current().text()).isGone(true))
                .isFalse();
    }

    @Test
    void another_process_with_the_same_pid_is_another_process() {
        var own = ProcessIdentity.current().text().split("\\.");
        assertThat(new ProcessIdentity(own[0] + "." + own[1] + "1." + own[2]).isGone(true))
                .isTrue();
        assertThat(new ProcessIdentity(own[0] + "." + own[1] + ".otherboot").isGone(true))
                .isTrue();
    }

    @Test
    void a_process_in_another_container_counts_as_running_until_the_next_boot() {
        var own = ProcessIdentity.current().text().split("\\.");
        assertThat(new ProcessIdentity("1.2." + own[2] + ".4026530000").isGone(true))
                .isFalse();
        assertThat(new ProcessIdentity("1.2.0therboo.4026530000").isGone(true)).isTrue();
    }

    @Test
    void with_several_hosts_a_process_of_another_boot_may_run_on_another_host() {
        assertThat(new ProcessIdentity("1.2.0therboo.4026530000").isGone(false)).isFalse();
        assertThat(ProcessIdentity.current().isGone(false)).isFalse();
    }

    @Test
    void a_worker_is_gone_when_its_process_is() {
        var own = ProcessIdentity.current();
        assertThat(own.worker("one")).isNotEqualTo(own.worker("two"));
        assertThat(own.worker("one").isGone(true)).isFalse();
        var parts = own.text().split("\\.");
        var other = String.join(".", parts[0], parts[1] + "1", parts[2], parts[3]);
        assertThat(new ProcessIdentity(other).worker("one").isGone(false)).isTrue();
    }

    @Test
    void a_malformed_identity_is_gone() {
        for (String text : new String[] {"", ".", "nobody", "4194305.1.boot"}) {
            assertThat(new ProcessIdentity(text).isGone(true)).as(text).isTrue();
        }
    }

    @Test
    void a_zombie_is_gone() throws Exception {
        // the shell starts a child and then execs a program that never waits for it, so the child becomes a zombie
        var parent = new ProcessBuilder("sh", "-c", "sleep 60 & echo $!; exec cat").start();
        try (var lines = new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
            var pid = Long.parseLong(lines.readLine());
            parent.getOutputStream().write('\n');
            parent.getOutputStream().flush();
            lines.readLine(); // an echo shows that the program, which never waits, has replaced the shell
            var child = ProcessIdentity.of(pid);
            assertThat(child.isGone(true)).isFalse();

            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            while (!stat(pid).contains(") Z ")) {
                Thread.onSpinWait();
            }
            assertThat(child.isGone(true)).isTrue();
        } finally {
            parent.destroyForcibly();
        }
    }

    private static String stat(long pid) throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    }
}
