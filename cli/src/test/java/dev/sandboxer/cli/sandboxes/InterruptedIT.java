package dev.sandboxer.cli.sandboxes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.CliProcess;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A command in a sandbox that stays, whose {@code exec} ends before it. */
class InterruptedIT {
    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    private static String id;

    @BeforeAll
    static void make_the_sandbox() {
        id = cli.create();
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143", "HUP, 129"})
    void a_signal_reaches_the_command_inside(String signal, int status) throws Exception {
        // a shell runs its trap when the command before it has ended, and the signal may come between two
        var process = start(
                patient(),
                "trap 'echo got " + signal + " > got; exit' " + signal + "; echo up; while sleep 0.1; do :; done");

        kill(signal, process);

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(status);
        assertThat(cli.run("exec", id, "cat", "got").line()).isEqualTo("got " + signal);
        nothingRuns("sleep 0.1");
    }

    @Test
    void a_command_that_ignores_the_signal_is_killed() throws Exception {
        var process = start(cli.process(), "trap '' INT; echo up; sleep 1001; echo no");

        kill("INT", process);

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        nothingRuns("sleep 1001");
    }

    @Test
    void a_command_whose_output_nobody_reads_any_more_is_killed_without_a_word() throws Exception {
        var process = cli.process().start("exec", id, "yes", "to the end");
        process.getInputStream().close();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(141);
        assertThat(process.getErrorStream().readAllBytes()).isEmpty();
        nothingRuns("yes to the end");
    }

    @Test
    void a_copy_whose_reader_is_gone_ends_as_silently() throws Exception {
        assertThat(cli.run("exec", id, "truncate", "-s", "4M", "large").status())
                .isZero();
        var process = cli.process().start("cp", id + ":large", "-");
        process.getInputStream().close();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(141);
        assertThat(process.getErrorStream().readAllBytes()).isEmpty();
    }

    /** However slow the machine is, the command has the time to say that it has got the signal. */
    private static CliProcess patient() {
        return cli.process().with("SANDBOXER_JAVA_OPTS", "-Dsandboxer.signal.grace.ms=60000");
    }

    /** Returns once the script has said that it is up. */
    private static Process start(CliProcess cli, String script) throws Exception {
        var process = cli.start("exec", id, "sh", "-c", script);
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        assertThat(out.readLine()).isEqualTo("up");
        return process;
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
