package dev.sandboxer.cli.sandboxes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Start commands and ready checks of profiles. */
class StartIT {
    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    private static final String PROFILE = """
              profile.%s:
                route: [ext.local]
                templates: {ext.local: base}
                cpu: 0.5
                memory: 256MiB
                disk: 256MiB
                ttl: 10m
                maxTtl: 1h
            %s
            """;

    @BeforeAll
    static void configure() throws IOException {
        Files.writeString(
                cli.home().resolve("config.yaml"),
                "profiles:\n" + profile("web", """
                    start: echo about to serve; sleep 1; exec python3 -m http.server 8000
                    ready: {url: "http://localhost:8000/", within: 5m}
                """) + profile("port", """
                    start: sleep 1; exec python3 -m http.server 8000
                    ready: {port: 8000, within: 5m}
                """) + profile("file", """
                    start: "[ -z \\"$OUT\\" ] || touch $OUT; sleep 1; touch /tmp/there; exec sleep 1000"
                    ready: {command: test -e /tmp/there, within: 5m}
                    env: {OUT: /tmp/out}
                """)
                        + profile("broken", """
                    start: echo one; echo two >&2; exit 7
                    ready: {port: 8000, within: 5m}
                """) + profile("never", """
                    start: echo waiting for nothing; exec sleep 1000
                    ready: {command: "false", within: 3s}
                """));
    }

    private static String profile(String name, String lines) {
        return PROFILE.formatted(name, lines);
    }

    @Test
    void create_returns_when_the_server_answers_and_its_output_can_be_read() {
        var id = cli.run("create", "-p", "web").line();

        assertThat(cli.run(
                                "exec",
                                id,
                                "python3",
                                "-c",
                                "import urllib.request as u;" + "print(u.urlopen('http://localhost:8000/').status)")
                        .line())
                .isEqualTo("200");
        assertThat(cli.run("logs", id).out()).startsWith("about to serve\n");
        assertThat(cli.run("logs", id, "start").out()).startsWith("about to serve\n");
        assertThat(cli.run("ps", id).out()).contains("start").contains("about to serve");
    }

    @Test
    void an_open_port_or_a_successful_command_can_mean_ready() {
        var id = cli.run("create", "-p", "port").line();
        assertThat(cli.run("exec", id, "bash", "-c", "echo </dev/tcp/127.0.0.1/8000")
                        .status())
                .isZero();

        assertThat(cli.run("run", "-p", "file", "sh", "-c", "ls /tmp/there /tmp/out")
                        .out())
                .isEqualTo("/tmp/out\n/tmp/there\n");
    }

    @Test
    void a_failed_start_command_is_reported_with_its_last_lines_and_nothing_runs() {
        var failed = cli.run("create", "-p", "broken");

        assertThat(failed.status()).isEqualTo(125);
        assertThat(failed.err())
                .contains("its start command ended with exit code 7; its last lines: [start_failed]\n  one\n  two\n");
        assertThat(cli.run("ls", "-q").out().lines())
                .noneMatch(id -> failed.err().contains(id));
        assertThat(cli.run("ls", "--all").out()).contains("failed");
    }

    @Test
    void a_start_that_is_not_ready_in_time_is_reported_with_its_last_lines() {
        assertThat(cli.run("create", "-p", "never").err())
                .contains("it was not ready within 3.0 s (ready check: false); its last lines: [start_failed]\n"
                        + "  waiting for nothing\n");
    }

    @Test
    void a_started_program_survives_a_pause_and_is_started_again_in_a_fork() {
        var id = cli.run("create", "-p", "web").line();
        var pid = servers(id);

        cli.run("pause", id);
        cli.run("resume", id);

        assertThat(servers(id)).isEqualTo(pid).hasSize(1);
        var fork = cli.run("fork", id).line();
        assertThat(servers(fork)).hasSize(1);
        assertThat(cli.run("logs", fork).out()).startsWith("about to serve\n");
        assertThat(cli.run("run", "--snapshot", cli.run("snapshot", id).line(), "pgrep", "-f", "http.server")
                        .status())
                .isZero();
    }

    private static java.util.List<String> servers(String id) {
        return cli.run("exec", id, "pgrep", "-x", "-f", "python3 -m http.server 8000")
                .out()
                .lines()
                .toList();
    }

    @Test
    void the_list_of_profiles_shows_their_start_commands() {
        assertThat(cli.run("profiles").out().replaceAll("\\s+", " "))
                .contains("starts: sleep 1; exec python3 -m http.server 8000; ready: port 8000, within 5m");
        assertThat(cli.run("profiles", "--json").out()).contains("\"ready\" : \"http://localhost:8000/\"");
    }
}
