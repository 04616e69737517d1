package dev.sandboxer.cli.sandboxes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class RunIT {
    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    @Test
    void passes_on_output_errors_and_exit_code_and_leaves_nothing() {
        var result = cli.run("run", "--", "sh", "-c", "echo out; echo err >&2; exit 7");

        assertThat(result.out()).isEqualTo("out\n");
        assertThat(result.err()).isEqualTo("err\n");
        assertThat(result.status()).isEqualTo(7);
        assertThat(cli.run("ls", "-q").out()).isEmpty();
        assertThat(cli.directories()).isEmpty();
    }

    @Test
    void is_remembered_with_its_command_and_how_that_ended() {
        cli.run("run", "--", "sh", "-c", "exit 7");
        cli.run("run", "no-such-command", "it's");
        cli.run("run", "sh", "-c", "kill -TERM $$");

        var shown = new ArrayList<String>();
        for (String id : cli.run("ls", "-a", "-q").out().lines().limit(3).toList()) {
            var lines = cli.run("show", id).out().lines().toList();
            shown.add(field(lines, "state") + "; " + field(lines, "exit code") + "; " + field(lines, "command"));
        }
        assertThat(shown)
                .containsExactly(
                        "stopped (completed); 143; sh -c 'kill -TERM $$'",
                        "stopped (completed); 127; no-such-command 'it'\\''s'",
                        "stopped (completed); 7; sh -c 'exit 7'");
        assertThat(cli.run("ls", "-a").out().lines().toList().get(3)).matches(".*  completed  7 +\\d+s +sh -c.*");
        assertThat(cli.run("ls", "-a", "--json").out()).contains("\"exitCode\" : 7", "\"reason\" : \"completed\"");
    }

    private static String field(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(11))
                .findFirst()
                .orElse("-");
    }

    @Test
    void reports_that_a_process_was_killed_for_lack_of_memory() {
        var created = cli.run("create", "--memory", "128MiB").line();
        var killed = cli.run("exec", created, "--", "tail", "/dev/zero");

        assertThat(killed.status()).isEqualTo(137);
        assertThat(killed.err()).contains("out of memory", "--memory");
        assertThat(cli.run("show", created).out()).contains("was used up: 1 process was killed");
        cli.run("destroy", created);
    }

    @Test
    void needs_no_dashes_before_the_command() {
        assertThat(cli.run("run", "sh", "-c", "echo $0 $1", "--", "-x").line()).isEqualTo("-- -x");
    }

    @Test
    void passes_on_input_only_when_asked() {
        assertThat(cli.runWith("typed".getBytes(UTF_8), "run", "-i", "cat").line())
                .isEqualTo("typed");
        assertThat(cli.runWith("typed".getBytes(UTF_8), "run", "cat").line()).isEmpty();
    }

    @Test
    void passes_on_variables_directory_and_user() {
        var result = cli.with("GREETING", "hello from outside")
                .run(
                        "run",
                        "-e",
                        "A=b c",
                        "-e",
                        "GREETING",
                        "-w",
                        "/tmp",
                        "-u",
                        "nobody",
                        "sh",
                        "-c",
                        "echo $A; echo $GREETING; pwd; id -un");

        assertThat(result.out()).isEqualTo("b c\nhello from outside\n/tmp\nnobody\n");
    }

    @Test
    void reports_a_missing_command_as_127_and_one_that_is_not_executable_as_126() {
        var missing = cli.run("run", "no-such-command");
        assertThat(missing.status()).isEqualTo(127);
        assertThat(missing.err()).contains("no-such-command: command not found [command_not_found]");

        assertThat(cli.run("run", "/etc/passwd").status()).isEqualTo(126);
        assertThat(cli.directories()).isEmpty();
    }

    @Test
    void reports_a_missing_working_directory_and_an_unknown_user() {
        assertThat(cli.run("run", "-w", "/nowhere", "pwd").err())
                .contains("/nowhere")
                .contains("[cwd_missing]");
        assertThat(cli.run("run", "-u", "bob", "pwd").err()).contains("bob").contains("[unknown_user]");
    }

    @Test
    void passes_on_any_amount_of_output_in_a_small_heap() throws IOException, InterruptedException {
        var process =
                cli.process().with("SANDBOXER_JAVA_OPTS", "-Xmx24m").start("run", "head", "-c", "200M", "/dev/zero");
        process.getOutputStream().close();

        assertThat(process.getInputStream().transferTo(OutputStream.nullOutputStream()))
                .isEqualTo(200 << 20);
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void kills_a_command_after_its_time() {
        var result = cli.run("run", "--timeout", "300ms", "sleep", "60");

        assertThat(result.status()).isEqualTo(137);
        assertThat(result.err()).contains("killed after 300ms");
    }

    @Test
    void reports_that_the_sandbox_expired_during_a_command() {
        var result = cli.run("run", "--ttl", "4s", "sleep", "60");

        assertThat(result.status()).isEqualTo(125);
        assertThat(result.err()).contains("has ended (expired").contains("[sandbox_ended]");
        assertThat(cli.run("ls", "-a").out()).contains("  expired  ");
        assertThat(cli.directories()).isEmpty();
    }

    @Test
    void leaves_nothing_after_an_interrupt() throws Exception {
        var process = startSleeping();

        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(cli.directories()).isEmpty();
        assertThat(cli.run("ls", "-q").out()).isEmpty();
    }

    @Test
    void leaves_a_sandbox_to_the_next_command_when_it_is_killed_itself() throws Exception {
        var process = startSleeping();

        process.destroyForcibly().waitFor();
        assertThat(cli.directories()).hasSize(1);
        var next = cli.run("ls", "-q");

        assertThat(next.err()).contains("its command was interrupted; cleaned up");
        assertThat(next.out()).isEmpty();
        assertThat(cli.directories()).isEmpty();
    }

    /** Starts a command and returns once it runs in its sandbox. */
    private static Process startSleeping() throws IOException {
        var process = cli.process().start("run", "sh", "-c", "echo up; sleep 100");
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        assertThat(out.readLine()).isEqualTo("up");
        return process;
    }
}
