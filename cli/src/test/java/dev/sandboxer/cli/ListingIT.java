package dev.sandboxer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables fit into 80 columns, even on an installation with long names. */
class ListingIT {
    private static final String CONSUMER = "a-consumer-with-a-name-of-fifty-characters-or-more";

    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    @BeforeAll
    static void fill() {
        assertThat(cli.run("consumers", "add", CONSUMER).err()).isEmpty();
        cli.run("keys", "create", "--consumer", CONSUMER);
        var fields = "api_key=e2b_0123456789012345678901234567890123456789\n".getBytes(UTF_8);
        var add = List.of(
                "credentials", "add", "ext.e2b", "--consumer", CONSUMER, "--name", "a-credential-with-a-long-name");
        assertThat(cli.runWith(fields, add.toArray(String[]::new)).status()).isZero();
        cli.create("--consumer", CONSUMER);
        cli.run("run", "--", "sh", "-c", "exit 3 # and a comment that is far too long for any line of eighty columns");
    }

    @AfterAll
    static void end() {
        cli.run("destroy", "--all", "--consumer", CONSUMER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ls", "ls -a", "ls --all-consumers", "ls -a --all-consumers", "ls --at ext.local", "ps", "profiles",
                        "extensions",
                "capabilities", "route", "estimate", "doctor", "consumers ls", "credentials ls", "keys ls",
                        "credits balance",
                "credits holds", "usage", "billing status", "config check"
            })
    void every_line_fits_and_every_column_has_a_heading(String line) {
        var result = cli.run(line.split(" "));

        assertThat(result.out().lines().toList()).as(line + result.err()).isNotEmpty();
        assertThat(result.out().lines())
                .filteredOn(it -> !it.contains(cli.home().toString()))
                .allSatisfy(it -> assertThat(it).hasSizeLessThanOrEqualTo(80));
        var lines = result.out().lines().toList();
        if (Pattern.matches("[A-Z ]+", lines.getFirst())) {
            for (String row : lines.subList(1, lines.size())) {
                everyCellIsBelowAHeading(lines.getFirst(), row);
            }
        }
    }

    /** Asserts that each cell begins below a heading. A remark is indented by four. */
    private static void everyCellIsBelowAHeading(String headings, String row) {
        if (row.startsWith("    ") && row.charAt(4) != ' ') {
            return;
        }
        var cell = Pattern.compile("(?<=  |^)\\S").matcher(row);
        while (cell.find()) {
            assertThat(cell.start() < headings.length() && headings.charAt(cell.start()) != ' ')
                    .as("a heading above \"" + row.substring(cell.start()) + "\" in: " + headings)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kill", "stop", "rm", "destroy", "teardown"})
    void familiar_command_names_destroy_a_sandbox(String command) {
        var made = cli.create();

        assertThat(cli.run(command, made).line()).isEqualTo(made);
        assertThat(cli.run("inspect", made).out()).contains("stopped (killed)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "crate: did you mean create?",
                "profile: did you mean profiles?",
                "ls --al: did you mean --all, --at or --all-consumers?",
                "consumers lst: did you mean list or ls?"
            })
    void a_misspelt_word_suggests_the_right_one(String text) {
        var parts = text.split(": ");
        assertThat(cli.run(parts[0].split(" ")).err()).contains(parts[1]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"frobnicate", "launch", "attach", "purge", "ls --colour", "up"})
    void an_unlike_word_suggests_nothing(String line) {
        var result = cli.run(line.split(" "));

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("unknown ").doesNotContain("profiles", "destroy", "usage");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"show nosuchone", "create -p nosuchone", "ls --consumer nosuchone", "ls --at ext.nosuchone"})
    void missing_objects_are_refused_in_the_same_words(String line) {
        assertThat(cli.run(line.split(" ")).err()).containsPattern("(sandbox|profile|consumer|extension) .* not found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--all", "--all-consumers", "--at ext.local", "--filter name=one", "--filter nonsense"})
    void options_of_the_list_of_sandboxes_are_refused_for_a_list_of_processes(String option) {
        var result = cli.run(("ps nosuchone " + option).split(" "));

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .contains(option.split(" ")[0] + " can't be combined with SANDBOX; leave one of them out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--all", "--all-consumers", "--consumer local", "--filter name=one"})
    void an_option_that_the_list_of_an_account_would_ignore_is_refused(String option) {
        var result = cli.run(("ls --at ext.local " + option).split(" "));

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("use it without --all, --all-consumers, --consumer and --filter");
    }

    @Test
    void the_commands_that_run_in_a_sandbox_are_listed() throws Exception {
        var box = cli.create();
        var running = cli.process().start("exec", box, "sh", "-c", "echo up; exec sleep 1001");
        try {
            assertThat(running.inputReader().readLine()).isEqualTo("up");

            assertThat(cli.run("ps", box).out().lines().toList())
                    .hasSize(2)
                    .satisfies(
                            lines -> assertThat(lines.get(1)).matches("\\d+ +no +- +sh -c 'echo up; exec sleep 1001'"));
        } finally {
            running.destroy();
            running.waitFor();
        }
    }
}
