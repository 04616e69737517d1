package dev.sandboxer.cli.sandboxes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.CliProcess;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals to {@code exec} and {@code run} while a command runs. */
class InterruptedIT {
    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    private static final String UP_AND_WAITING = "echo up; while sleep 0.1 || :; do :; done";

    private static String id;

    @BeforeAll
    static void make_the_sandbox() {
        id = cli.create();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HUP", "INT", "QUIT", "USR1", "USR2", "ALRM", "TERM", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "IO",
                "PWR", "SYS"
            })
    void every_signal_reaches_the_command_and_its_exit_code_is_returned(String signal) throws Exception {
        // a shell runs its trap only after the current command, and the signal may come between two commands
        var process = start(patient(), "trap 'echo got " + signal + "; exit 7' " + signal + "; " + UP_AND_WAITING);

        kill(signal, process.process());

        assertThat(process.out().readLine()).isEqualTo("got " + signal);
        assertThat(process.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.out().readLine()).as("no threads are printed").isNull();
        assertThat(process.process().exitValue()).isEqualTo(7);
        nothingRuns("sleep 0.1");
    }

    @Test
    void a_command_may_catch_a_signal_any_number_of_times_and_go_on() throws Exception {
        var script = "n=0; trap 'n=$((n+1)); echo got $n; [ $n -lt 3 ] || exit $n' USR1 QUIT; ";
        var process = start(patient(), script + UP_AND_WAITING);

        for (String signal : List.of("QUIT", "USR1", "QUIT")) {
            kill(signal, process.process());
            assertThat(process.out().readLine()).startsWith("got ");
        }

        assertThat(process.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.process().exitValue()).isEqualTo(3);
    }

    @Test
    void a_command_of_run_may_handle_a_signal_and_choose_its_exit_code() throws Exception {
        var command = cli.process()
                .start("run", "sh", "-c", "trap 'sleep 2; exit 7' TERM; echo up; while sleep 0.1; do :; done");
        var process = up(command);

        kill("TERM", process.process());

        assertThat(process.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.process().exitValue()).isEqualTo(7);
        assertThat(cli.run("ls", "-a").out().lines().toList().get(1)).contains("  completed  7 ");
    }

    @Test
    void a_command_is_stopped_and_continued_with_its_client() throws Exception {
        var process =
                start(patient(), "trap 'echo stopping' TSTP; trap 'echo going on; exit 5' CONT; " + UP_AND_WAITING);

        kill("TSTP", process.process());
        var state = Path.of("/proc/" + process.process().pid() + "/stat");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(Files.readString(state)).contains(") T "));

        kill("CONT", process.process()); // the shell handles both signals once its child continues
        assertThat(process.out().readLine()).isEqualTo("stopping");
        assertThat(process.out().readLine()).isEqualTo("going on");
        assertThat(process.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.process().exitValue()).isEqualTo(5);
    }

    @Test
    void a_command_that_ignores_the_signal_is_killed() throws Exception {
        var process = start(cli.process(), "trap '' INT; echo up; sleep 1001; echo no");

        kill("INT", process.process());

        assertThat(process.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.process().exitValue()).isEqualTo(130);
        nothingRuns("sleep 1001");
    }

    @Test
    void a_command_whose_output_has_no_reader_is_killed_silently() throws Exception {
        var process = cli.process().start("exec", id, "yes", "to the end");
        process.getInputStream().close();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(141);
        assertThat(process.getErrorStream().readAllBytes()).isEmpty();
        nothingRuns("yes to the end");
    }

    @Test
    void a_copy_whose_output_has_no_reader_ends_silently() throws Exception {
        assertThat(cli.run("exec", id, "truncate", "-s", "4M", "large").status())
                .isZero();
        var process = cli.process().start("cp", id + ":large", "-");
        process.getInputStream().close();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(141);
        assertThat(process.getErrorStream().readAllBytes()).isEmpty();
    }

    /** Returns a command line with a long grace period, so that a command on a slow machine can report its signal. */
    private static CliProcess patient() {
        return cli.process().with("SANDBOXER_JAVA_OPTS", "-Dsandboxer.signal.grace.ms=60000");
    }

    /** A started command line and its output. */
    private record Started(Process process, BufferedReader out) {}

    /** Starts a script and returns once it has printed that it runs. */
    private static Started start(CliProcess cli, String script) throws Exception {
        return up(cli.start("exec", id, "sh", "-c", script));
    }

    private static Started up(Process process) throws Exception {
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        assertThat(out.readLine()).isEqualTo("up");
        return new Started(process, out);
    }

    private static void kill(String signal, Process process) throws Exception {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    private static void nothingRuns(String command) {
        var list = "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline; echo; done";
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(cli.run("exec", id, "sh", "-c", list)
                                .out()
                                .lines()
                                .map(String::strip))
                        .isNotEmpty()
                        .doesNotContain(command));
    }
}
