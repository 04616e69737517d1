package dev.sandboxer.cli.templates;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.serve.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Builds whose process is killed. {@code -Dsoak.scale=40} runs longer, {@code -Dsoak.seed=42} begins at another seed.
 */
@Timeout(600)
class KilledBuildIT {
    private static final int ROUNDS = 3 * Integer.getInteger("soak.scale", 1);
    private static final long FIRST_SEED = Long.getLong("soak.seed", 1);
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Pattern KEY = Pattern.compile("e2b_[0-9a-f]{40}");
    private static final Pattern IDS = Pattern.compile("\"templateID\":\"(\\w+)\",\"buildID\":\"(\\w+)\"");

    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    @TempDir
    Path here;

    private Process start(String name, String steps) throws IOException {
        var file = Files.writeString(here.resolve("Dockerfile"), "FROM base\n" + steps);
        return cli.process().start("templates", "build", name, "-f", file.toString());
    }

    private static void awaitLine(Process build, String wanted) throws IOException {
        var err = build.errorReader(UTF_8);
        for (var line = err.readLine(); line != null; line = err.readLine()) {
            if (line.endsWith(wanted)) {
                return;
            }
        }
        throw new AssertionError("it ended without " + wanted);
    }

    /** Returns the disks kept on this host: those of templates, those of steps for the next build, and unfinished ones. */
    private int disks() {
        return Cli.entries(cli.home().resolve("local/d")).size();
    }

    @Test
    void a_build_that_is_killed_has_failed_at_its_step_and_its_sandbox_is_gone() throws Exception {
        var build = start("web", "RUN true\nRUN echo it; echo runs; sleep 1000\n");
        awaitLine(build, "runs");
        assertThat(cli.directories()).hasSize(1);

        build.destroyForcibly().waitFor();

        assertThat(cli.run("templates", "ls").out()).contains("web").contains("failed");
        assertThat(cli.run("templates", "show", "web").out())
                .contains("step 4: the build was interrupted; build the template again");
        assertThat(cli.run("templates", "show", "--log", "web").out()).contains("RUN true");
        assertThat(cli.run("ls", "-q").out()).isEmpty();
        assertThat(cli.directories()).isEmpty();
        assertThat(cli.run("create", "-p", "web").err()).contains("[unknown_profile]");

        assertThat(start("web", "RUN echo whole >/srv/a\n").waitFor())
                .as("the name is free")
                .isZero();
        assertThat(cli.run("run", "-p", "web", "cat", "/srv/a").out()).isEqualTo("whole\n");
        assertThat(cli.run("templates", "rm", "web").status()).isZero();
        assertThat(disks()).isZero();
    }

    @Test
    void a_new_build_that_is_killed_leaves_the_old_one_in_use() throws Exception {
        assertThat(start("web", "RUN echo old >/srv/a\n").waitFor()).isZero();
        var build = start("web", "RUN echo new >/srv/a; echo runs; sleep 1000\n");
        awaitLine(build, "runs");

        build.destroyForcibly().waitFor();

        assertThat(cli.run("run", "-p", "web", "cat", "/srv/a").out()).isEqualTo("old\n");
        assertThat(cli.run("templates", "rm", "web").line()).isEqualTo("web");
        assertThat(disks()).isZero();
    }

    @Test
    @Tag("campaign")
    void whenever_a_build_is_killed_it_is_ready_or_failed_and_nothing_is_left() throws Exception {
        var steps = "RUN echo one >/srv/a\nRUN sleep 0.3; sync\nRUN echo two >>/srv/a\nCMD sleep 1000\n";
        var began = System.nanoTime();
        assertThat(start("web", steps).waitFor()).isZero();
        var longest = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        assertThat(cli.run("templates", "rm", "web").status()).isZero();
        for (long seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) {
            System.out.println("KilledBuildIT: seed " + seed);
            var build = start("web", steps);
            if (!build.waitFor(new SplittableRandom(seed).nextLong(longest), TimeUnit.MILLISECONDS)) {
                build.destroyForcibly().waitFor();
            }
            var listed = cli.run("templates", "ls").out();
            if (listed.contains("ready")) {
                assertThat(cli.run("run", "-p", "web", "cat", "/srv/a").out())
                        .as("seed %d", seed)
                        .isEqualTo("one\ntwo\n");
            }
            assertThat(listed).as("seed %d", seed).doesNotContain("building");
            if (listed.contains("web")) {
                assertThat(cli.run("templates", "rm", "web").status())
                        .as("seed %d", seed)
                        .isZero();
            }
            makeUnfinishedSandboxesOld();
            assertThat(cli.run("ls", "-q").out()).as("seed %d", seed).isEmpty();
            assertThat(cli.directories()).as("seed %d", seed).isEmpty();
            assertThat(disks()).as("seed %d", seed).isZero();
        }
    }

    /** Makes sandboxes without a process look old, because young ones may still be in creation. */
    private void makeUnfinishedSandboxesOld() throws IOException {
        for (Path directory : cli.directories()) {
            var launched = directory.resolve("launched");
            if (!Files.exists(launched) || Files.size(launched) == 0) {
                Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
            }
        }
    }

    @Test
    void a_build_requested_by_an_sdk_fails_with_its_server_and_can_be_requested_again() throws Exception {
        try (var server = new ServerProcess(cli.process())) {
            var key = String.join("", server.start());
            key = KEY.matcher(key).results().findFirst().orElseThrow().group();
            var status = begin(server, key, "echo runs; sleep 1000");
            var running = key;
            await().atMost(LIMIT)
                    .until(() -> server.call(running, "GET", status, "").body().contains("\"message\":\"runs\""));

            server.kill();
            server.start();

            assertThat(server.call(key, "GET", status, "").body())
                    .contains("\"status\":\"error\"")
                    .contains("the build was interrupted; build the template again")
                    .contains("\"step\":\"1\"");
            await().atMost(LIMIT).until(() -> cli.directories().isEmpty());
            assertThat(server.call(key, "POST", "/sandboxes", "{\"templateID\":\"web\"}")
                            .statusCode())
                    .isEqualTo(404);
            var again = begin(server, key, "true");
            await().atMost(LIMIT)
                    .until(() -> server.call(running, "GET", again, "").body().contains("\"status\":\"ready\""));
        }
    }

    /** Begins a build and returns the path of its status. */
    private static String begin(ServerProcess server, String key, String line) throws Exception {
        var asked = server.call(key, "POST", "/v3/templates", "{\"name\":\"web\",\"cpuCount\":1,\"memoryMB\":512}");
        assertThat(asked.statusCode()).as(asked.body()).isEqualTo(202);
        var ids = IDS.matcher(asked.body());
        assertThat(ids.find()).as(asked.body()).isTrue();
        var path = "/templates/" + ids.group(1) + "/builds/" + ids.group(2);
        var body = "{\"fromTemplate\":\"base\",\"steps\":[{\"type\":\"RUN\",\"args\":[\"" + line + "\"]}]}";
        assertThat(server.call(key, "POST", "/v2" + path, body).statusCode()).isEqualTo(202);
        return path + "/status";
    }
}
