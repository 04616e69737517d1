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
    void this_process_lives() {
        assertThat(ProcessIdentity.current().alive()).isTrue();
        assertThat(new ProcessIdentity(ProcessIdentity.current().text()).alive())
                .isTrue();
    }

    @Test
    void another_process_with_the_same_pid_is_another_process() {
        var own = ProcessIdentity.current().text().split("\\.");
        assertThat(new ProcessIdentity(own[0] + "." + own[1] + "1." + own[2]).alive())
                .isFalse();
        assertThat(new ProcessIdentity(own[0] + "." + own[1] + ".otherboot").alive())
                .isFalse();
    }

    @Test
    void one_of_another_container_cannot_be_seen_and_counts_as_alive_until_the_next_boot() {
        var own = ProcessIdentity.current().text().split("\\.");
        assertThat(new ProcessIdentity("1.2." + own[2] + ".4026530000").alive()).isTrue();
        assertThat(new ProcessIdentity("1.2.0therboo.4026530000").alive()).isFalse();
    }

    @Test
    void what_is_no_identity_is_not_alive() {
        for (String text : new String[] {"", ".", "nobody", "4194305.1.boot"}) {
            assertThat(new ProcessIdentity(text).alive()).as(text).isFalse();
        }
    }

    @Test
    void a_process_that_was_killed_is_dead_even_before_its_parent_has_noticed() throws Exception {
        // the shell starts a child, becomes a program that never waits, and so leaves the child a zombie
        var parent = new ProcessBuilder("sh", "-c", "sleep 60 & echo $!; exec cat").start();
        try (var lines = new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
            var pid = Long.parseLong(lines.readLine());
            parent.getOutputStream().write('\n');
            parent.getOutputStream().flush();
            lines.readLine(); // an echo: from now on it is the program and not the shell, which would wait
            var child = ProcessIdentity.of(pid);
            assertThat(child.alive()).isTrue();

            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            while (!stat(pid).contains(") Z ")) {
                Thread.onSpinWait();
            }
            assertThat(child.alive()).isFalse();
        } finally {
            parent.destroyForcibly();
        }
    }

    private static String stat(long pid) throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    }
}
