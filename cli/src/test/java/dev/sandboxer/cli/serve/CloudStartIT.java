package dev.sandboxer.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.FakeCloudProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Start commands of profiles and templates in sandboxes of a cloud, which can only run commands. */
@Timeout(600)
class CloudStartIT {
    private static final String PROFILE = """
              profile.%s:
                route: [%s, ext.local]
                templates: {%s, ext.local: base}
                cpu: 0.5
                memory: 256MiB
                disk: 512MiB
                ttl: 10m
                maxTtl: 1h
                network: backend-default
            %s
            """;

    private static final String FETCH =
            "import urllib.request as u; print(u.urlopen('http://localhost:8000/kept').read().decode().strip())";

    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    private Path here;

    enum Cloud {
        E2B("ext.e2b", "ext.e2b: base"),
        MODAL("ext.modal", "'ext.modal': 'image:debian:bookworm-slim'");

        private final String extension;
        private final String template;

        Cloud(String extension, String template) {
            this.extension = extension;
            this.template = template;
        }

        FakeCloudProcess start(Path directory) throws IOException {
            return this == E2B
                    ? FakeCloudProcess.start(directory, "faults: []\n")
                    : FakeCloudProcess.startModal(directory, "faults: []\n");
        }

        Map<String, String> environment(FakeCloudProcess cloud) {
            return this == E2B ? cloud.client().environment() : cloud.modalEnvironment();
        }

        String profile(String name, String lines) {
            return PROFILE.formatted(name, extension, template, lines);
        }
    }

    @BeforeEach
    void make() throws IOException {
        here = FakeCloudProcess.newDirectory();
    }

    @AfterEach
    void remove() throws IOException {
        FakeCloudProcess.removeDirectory(here);
    }

    private Cli client(Cloud cloud, FakeCloudProcess running) throws IOException {
        Files.writeString(
                cli.home().resolve("config.yaml"),
                "defaultProfile: plain\nprofiles:\n" + cloud.profile("plain", "") + cloud.profile("web", """
                    start: mkdir -p /tmp/w; cd /tmp/w; echo yes >kept; echo about to serve; exec python3 -m http.server 8000
                    ready: {port: 8000, within: 5m}
                    env: {PYTHONUNBUFFERED: "1"}
                """)
                        + cloud.profile("broken", """
                    start: echo one; echo two >&2; exit 7
                    ready: {port: 8000, within: 5m}
                """) + cloud.profile("never", """
                    start: echo waiting for nothing; exec sleep 1000
                    ready: {command: "false", within: 5s}
                """));
        var variables = new HashMap<>(Map.of("E2B_API_KEY", "", "MODAL_TOKEN_ID", "", "MODAL_TOKEN_SECRET", ""));
        variables.putAll(cloud.environment(running));
        return cli.with(variables);
    }

    @ParameterizedTest
    @EnumSource
    void create_returns_when_the_start_command_is_ready(Cloud cloud) throws IOException {
        try (var running = cloud.start(here)) {
            var client = client(cloud, running);

            var made = client.run("create", "-p", "web");

            assertThat(made.status()).as(made.err()).isZero();
            assertThat(client.run("show", made.line()).out()).contains(cloud.extension + " created");
            assertThat(client.run("exec", made.line(), "python3", "-c", FETCH).line())
                    .isEqualTo("yes");
            assertThat(client.run("logs", made.line(), "start").out()).startsWith("about to serve\n");
            assertThat(client.run("destroy", made.line()).status()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_failed_start_is_reported_with_its_last_lines_and_nothing_runs(Cloud cloud) throws IOException {
        try (var running = cloud.start(here)) {
            var client = client(cloud, running);

            assertThat(client.run("create", "-p", "broken").err())
                    .contains(
                            "its start command ended with exit code 7; its last lines: [start_failed]\n  one\n  two\n");
            assertThat(client.run("create", "-p", "never").err())
                    .contains("it was not ready within 5.0 s (ready check: false); its last lines: [start_failed]\n"
                            + "  waiting for nothing\n");

            assertThat(running.directories()).isEmpty();
            assertThat(client.run("ls", "-q").out()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_template_is_built_in_the_cloud_and_started_there_alone(Cloud cloud) throws IOException {
        try (var running = cloud.start(here)) {
            var client = client(cloud, running);
            var file = Files.writeString(cli.home().resolve("Dockerfile"), """
                    FROM plain
                    ENV WORD=built
                    WORKDIR /srv/site
                    RUN echo $WORD > kept
                    CMD ["python3", "-m", "http.server", "8000"]
                    """);

            var built = client.run(
                    "templates",
                    "build",
                    "site",
                    "-f",
                    file.toString(),
                    "--ready-port",
                    "8000",
                    "--ready-within",
                    "5m");

            assertThat(built.status()).as(built.err()).isZero();
            assertThat(running.directories()).isEmpty();
            var id = client.run("create", "-p", "site").line();
            assertThat(client.run("exec", id, "python3", "-c", FETCH).line()).isEqualTo("built");
            assertThat(client.run("exec", id, "sh", "-c", "pwd; echo $WORD").out())
                    .isEqualTo("/srv/site\nbuilt\n");
            assertThat(client.run("create", "-p", "site", "--only", "ext.local").err())
                    .contains("ext.local: capability_missing, does not have the snapshot; only " + cloud.extension
                            + " has")
                    .contains("[no_candidate]");
            assertThat(client.run("route", "site").out().replaceAll("\\s+", " "))
                    .contains("does not have the snapshot; only " + cloud.extension + " has it");
            assertThat(client.run("destroy", id).status()).isZero();
            assertThat(client.run("templates", "rm", "site").status()).isZero();

            Files.writeString(file, "FROM plain\nCMD echo no; exit 3\n");
            assertThat(client.run("templates", "build", "site", "-f", file.toString(), "--ready-port", "8000")
                            .err())
                    .contains("its start command ended with exit code 3")
                    .contains("[build_failed]");
            assertThat(running.directories()).isEmpty();
        }
    }
}
