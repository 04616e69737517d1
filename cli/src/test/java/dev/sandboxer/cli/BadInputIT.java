package dev.sandboxer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class BadInputIT {
    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    @Test
    void an_unknown_profile_suggests_similar_names() {
        var result = cli.run("run", "--profile", "profile.bsae", "true");

        assertThat(result.status()).isEqualTo(125);
        assertThat(result.err()).contains("did you mean profile.base?").contains("[unknown_profile]");
    }

    @Test
    void an_unknown_sandbox_is_named() {
        for (var command : List.of("show", "destroy")) {
            assertThat(cli.run(command, "nosuchone").err())
                    .contains("\"nosuchone\"")
                    .contains("[unknown_sandbox]");
        }
        assertThat(cli.run("exec", "../../etc", "true").err()).contains("[unknown_sandbox]");
    }

    @Test
    void times_and_sizes_are_explained_with_examples() {
        assertThat(cli.run("create", "--ttl", "0s").err()).contains("[invalid_ttl]");
        assertThat(cli.run("create", "--ttl", "25h").err()).contains("profile.base allows at most 1d");
        assertThat(cli.run("create", "--ttl", "5").err()).contains("is it 5s?");
        assertThat(cli.run("create", "--memory", "4 gigs").err()).contains("examples: 512MiB, 4GiB");
        assertThat(cli.run("create", "--cpu", "-1").err()).contains("examples: 0.5, 2, 500m");
        assertThat(cli.run("run", "--timeout", "0s", "true").err()).contains("--timeout must be above 0");
        assertThat(cli.run("ls", "-aq").out()).isEmpty();
    }

    @Test
    void a_wrong_command_line_says_what_is_wrong_in_three_lines_and_exits_with_2() {
        for (var line : List.of(List.of("frobnicate"), List.of("run"), List.of("ls", "--bogus"), List.of("destroy"))) {
            var result = cli.run(line.toArray(String[]::new));
            assertThat(result.status()).as(line.toString()).isEqualTo(2);
            assertThat(result.err().lines().count()).isLessThanOrEqualTo(3);
            assertThat(result.err()).contains("--help'");
        }
    }

    @Test
    void a_variable_needs_a_name() {
        for (var line : List.of(
                List.of("create", "-e", "=x"),
                List.of("create", "--metadata", "=x"),
                List.of("run", "-e", "=x", "true"))) {
            var result = cli.run(line.toArray(String[]::new));
            assertThat(result.status()).as(line.toString()).isEqualTo(2);
            assertThat(result.err()).contains("\"=x\" is not KEY=VALUE");
        }
        assertThat(cli.directories()).isEmpty();
    }

    @Test
    void a_malformed_value_is_a_usage_error_and_a_refused_value_a_failure() {
        for (var line : List.of(
                List.of("create", "--ttl", "1.5h"),
                List.of("create", "--memory", "5XB"),
                List.of("create", "--disk", "lots"),
                List.of("create", "--cpu", "abc"),
                List.of("create", "--metadata", "x"),
                List.of("extend", "snone", "5x"),
                List.of("run", "--timeout", "5x", "true"),
                List.of("run", "--timeout", "0s", "true"),
                List.of("run", "--env", "=x", "true"),
                List.of("run", ""),
                List.of("exec", "snone", "--"),
                List.of("cp", "a", "b"))) {
            var result = cli.run(line.toArray(String[]::new));
            assertThat(result.status()).as(line + result.err()).isEqualTo(2);
            assertThat(result.err()).doesNotContain("option option");
        }
        assertThat(cli.run("create", "--ttl", "25h").status()).isEqualTo(125);
        assertThat(cli.run("create", "--profile", "profile.none").status()).isEqualTo(125);
    }

    @Test
    void tty_without_a_terminal_on_standard_input_is_a_usage_error() {
        var result = cli.runWith(new byte[] {'x'}, "run", "-it", "cat");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("-t needs a terminal");
    }

    @Test
    void an_argument_that_would_arrive_changed_is_refused() throws IOException, InterruptedException {
        var shell = new ProcessBuilder(
                "sh", "-c", "exec \"$0\" run -- printf %s \"$(printf 'a\\377')\" 2>&1", CliProcess.PROGRAM.toString());
        shell.environment().put("SANDBOXER_HOME", cli.home().toString());
        shell.environment().put("SANDBOXER_AOT", "off");
        var process = shell.start();

        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).contains("not UTF-8");
        assertThat(process.waitFor()).isEqualTo(2);
    }

    @Test
    void all_mistakes_in_the_configuration_are_reported_at_once_with_their_places() throws IOException {
        Files.writeString(cli.home().resolve("config.yaml"), """
                profiles:
                  profile.ci:
                    route: []
                    memory: 4 gigs
                    colour: red
                """);

        var result = cli.run("config", "check");

        assertThat(result.status()).isEqualTo(125);
        assertThat(result.out())
                .contains("config.yaml:3:")
                .contains("config.yaml:4:")
                .contains("config.yaml:5:");
        assertThat(cli.run("create").err()).contains("config.yaml:4:").contains("[invalid_config]");
    }

    @Test
    void only_config_check_reports_missing_extensions_and_templates() throws IOException {
        Files.writeString(cli.home().resolve("config.yaml"), """
                profiles:
                  profile.base:
                    route: [ext.locl, ext.local]
                    templates: {ext.locl: base, ext.local: bse, ext.e2b: anything}
                    cpu: 1
                    memory: 512MiB
                    disk: 1GiB
                    ttl: 15m
                    maxTtl: 24h
                """);

        var result = cli.run("config", "check");

        assertThat(result.status()).isEqualTo(125);
        assertThat(result.out().lines())
                .hasSize(3)
                .anySatisfy(line -> assertThat(line).contains("config.yaml:3:").contains("did you mean ext.local"))
                .anySatisfy(line -> assertThat(line).contains("config.yaml:4:").contains("did you mean base?"));
        assertThat(cli.run("route").out()).contains("not installed");
    }

    @Test
    void a_database_of_a_newer_version_is_left_alone() throws SQLException {
        whileAnotherProgramHas("PRAGMA user_version = 99", () -> {
            assertThat(cli.run("ls").err()).contains("version 99").contains("[store_newer]");
            assertThat(cli.run("ls").status()).isEqualTo(125);
            assertThat(cli.run("doctor").status()).isZero();
        });
    }

    @Test
    void a_locked_database_is_reported_after_a_wait() throws SQLException {
        whileAnotherProgramHas(
                "BEGIN EXCLUSIVE",
                () -> assertThat(cli.process()
                                .with("SANDBOXER_JAVA_OPTS", "-Dsandboxer.store.patience.ms=500")
                                .run("create")
                                .err())
                        .contains("locked")
                        .contains("[store_locked]"));
    }

    private void whileAnotherProgramHas(String done, Runnable check) throws SQLException {
        cli.run("ls");
        var database = cli.home().resolve("sandboxer.db");
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                var statement = connection.createStatement()) {
            statement.execute(done);
            check.run();
        }
    }

    @Test
    void a_damaged_database_is_named() throws IOException {
        Files.writeString(cli.home().resolve("sandboxer.db"), "this is no database, ".repeat(500));

        assertThat(cli.run("ls").err()).contains("damaged").contains("[store_damaged]");
        Files.delete(cli.home().resolve("sandboxer.db"));
    }

    @Test
    void an_unusable_home_is_named() throws IOException {
        var file = Files.createTempFile("sbx", "file");
        for (var home : List.of(file, Path.of("/proc/sandboxer"))) {
            var result = new Cli(home).run("ls");
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err()).contains(home.toString()).contains("SANDBOXER_HOME");
            assertThat(new Cli(home).run("doctor").out()).contains("ext.local: works here");
        }
        Files.delete(file);
    }

    @Test
    void a_full_disk_is_named_and_leaves_nothing_running() throws Exception {
        try (var full = FullDisk.of("3m")) {
            var result = full.cli().run("create");
            assertThat(result.status()).isEqualTo(125);
            assertThat(result.err()).containsIgnoringCase("space").doesNotContain("\tat ");
            assertThat(full.home().directories()).isEmpty();
        }
    }

    @Test
    void on_a_full_disk_a_sandbox_can_be_ended_and_the_end_is_recorded() throws Exception {
        try (var full = FullDisk.of("30m")) {
            var disk = full.cli();
            var id = disk.create("--disk", "24MiB");
            full.fill();

            assertThat(disk.run("destroy", id).line()).isEqualTo(id);
            assertThat(full.home().directories()).isEmpty();
            assertThat(disk.run("show", id).out()).contains("stopped").contains("killed");
        }
    }

    @Test
    void on_a_full_disk_a_failed_write_is_reported() throws Exception {
        try (var full = FullDisk.of("30m")) {
            var disk = full.cli();
            var id = disk.create("--disk", "24MiB");
            full.fill();

            var large = disk.runWith(new byte[15 << 20], "cp", "-", id + ":large");
            assertThat(large.status()).isNotZero();
            assertThat(large.err()).contains("No space left");
        }
    }

    @Test
    void on_a_full_disk_a_deadline_that_can_not_be_moved_is_explained_in_plain_words() throws Exception {
        try (var full = FullDisk.of("30m")) {
            var disk = full.cli();
            var id = disk.create("--disk", "24MiB");
            full.fill();

            var result = disk.run("extend", id, "10m");
            assertThat(result.status()).isNotZero();
            assertThat(result.err()).contains("disk is full").doesNotContain("java.");
        }
    }

    /** A home on a disk of its own, which only root can mount. Commands are processes, which leave the database as it is. */
    private record FullDisk(Cli home) implements AutoCloseable {
        CliProcess cli() {
            return home.process();
        }

        static FullDisk of(String size) throws IOException {
            assumeTrue(System.getProperty("user.name").equals("root"), "only root can mount a small disk");
            var small = Files.createTempDirectory("sbx");
            BadInputIT.run("mount", "-t", "tmpfs", "-o", "size=" + size + ",mode=0700", "tmpfs", small.toString());
            return new FullDisk(new Cli(small));
        }

        void fill() {
            try (var out = Files.newOutputStream(home.home().resolve("ballast"))) {
                while (true) {
                    out.write(new byte[4096]);
                }
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("No space left");
            }
        }

        @Override
        public void close() throws IOException {
            cli().run("destroy", "--all");
            BadInputIT.run("umount", home.home().toString());
            Files.delete(home.home());
        }
    }

    private static void run(String... command) throws IOException {
        var process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.onExit().join().exitValue()).isZero();
    }
}
