package dev.sandboxer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ReadingIT {
    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    @Test
    void every_reading_command_prints_json() {
        for (var command : List.of("ls", "profiles", "extensions", "doctor", "route", "estimate")) {
            var result = cli.run(command, "--json");
            assertThat(result.status()).as(result.err()).isZero();
            assertThat(JsonMapper.shared().readTree(result.out()).isContainer()).isTrue();
        }
    }

    @Test
    void tables_are_aligned_and_have_no_trailing_blanks() {
        for (var command : List.of("ls", "profiles", "extensions", "route", "estimate")) {
            assertThat(cli.run(command).out().lines()).noneMatch(line -> line.endsWith(" "));
        }
        assertThat(cli.run("profiles").out()).contains("profile.base *").contains("profile.local-large");
    }

    @Test
    void doctor_says_in_plain_words_what_works() {
        var result = cli.run("doctor");

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("ext.local: works here")
                .contains("bubblewrap")
                .contains("network");
    }

    @Test
    void every_command_has_help() {
        var help = cli.run("--help").out();
        for (var command : List.of(
                "run",
                "create",
                "exec",
                "cp",
                "ls",
                "show",
                "extend",
                "destroy",
                "estimate",
                "credits",
                "profiles",
                "extensions",
                "doctor",
                "config")) {
            assertThat(help).contains("  " + command);
            assertThat(cli.run(command, "--help").out()).contains("Usage: sandboxer " + command);
        }
        assertThat(help).doesNotContain("warm-up");
    }

    @Test
    void completion_is_a_script_that_bash_accepts() throws IOException, InterruptedException {
        var script = cli.run("generate-completion").out();

        var bash = new ProcessBuilder("bash", "-n").redirectErrorStream(true).start();
        bash.getOutputStream().write(script.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        bash.getOutputStream().close();
        assertThat(bash.waitFor()).isZero();
        assertThat(script)
                .contains("destroy")
                .contains("--profile")
                .contains("--consumer")
                .contains("--all-consumers");
    }
}
