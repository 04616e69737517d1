package dev.sandboxer.extension.support;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Runs the signal script with a real shell. A child of this JVM doesn't lead a process group, like a process at E2B without a terminal.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class SignalScriptTest {
    private static final int NO_PROCESS = 3;

    @Test
    void a_signal_to_a_process_that_leads_no_group_reaches_its_descendants_and_no_other_process() throws Exception {
        var bystander = new ProcessBuilder("sleep", "1000").start();
        var family = family();
        try {
            var descendants = family.descendants().toList();
            assertThat(descendants).hasSize(4);
            assertThat(run("KILL", family.pid(), "group")).isZero();
            assertThat(family.waitFor()).isEqualTo(128 + 9);
            for (var one : descendants) {
                one.onExit().get(30, TimeUnit.SECONDS);
            }
            assertThat(bystander.isAlive()).isTrue();
        } finally {
            end(family);
            end(bystander);
        }
    }

    @Test
    void a_signal_to_the_process_alone_leaves_the_others() throws Exception {
        var family = family();
        var descendants = family.descendants().toList();
        try {
            assertThat(run("TERM", family.pid(), "alone")).isZero();
            assertThat(family.waitFor()).isEqualTo(128 + 15);
            assertThat(descendants).allMatch(ProcessHandle::isAlive);
        } finally {
            descendants.forEach(ProcessHandle::destroyForcibly);
            end(family);
        }
    }

    @Test
    void a_process_that_has_ended_is_reported_as_missing() throws Exception {
        var ended = new ProcessBuilder("true").start();
        assertThat(ended.waitFor()).isZero();
        assertThat(run("HUP", ended.pid(), "group")).isEqualTo(NO_PROCESS);
        assertThat(run("HUP", ended.pid(), "alone")).isEqualTo(NO_PROCESS);
    }

    /** A shell with two children, one of which has two. */
    private static Process family() throws IOException {
        var script = "sleep 1000 & sh -c 'sleep 1000 & sleep 1000 & echo ready; wait' & wait";
        var family = new ProcessBuilder("sh", "-c", script).start();
        var ready = family.getInputStream().readNBytes("ready".length());
        assertThat(new String(ready, UTF_8)).isEqualTo("ready");
        return family;
    }

    private static int run(String signal, long pid, String whom) throws Exception {
        var argv = new ArrayList<>(List.of("sh", "-c", Scripts.SIGNAL, "sh"));
        argv.addAll(List.of(signal, Long.toString(pid), whom, ""));
        return new ProcessBuilder(argv).start().waitFor();
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
