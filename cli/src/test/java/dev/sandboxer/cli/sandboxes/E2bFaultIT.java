package dev.sandboxer.cli.sandboxes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.Commands.Result;
import dev.sandboxer.cli.FakeCloud;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole command line with {@code ext.e2b} at a fake cloud that fails. After each failure no sandbox is left: neither at the
 * cloud, nor on this host, nor in the database.
 */
class E2bFaultIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int SIZE = 500_000;

    /** A profile with this host as the second choice. */
    private static final String PROFILES = """
            profiles:
              profile.either:
                route: [ext.e2b, ext.local]
                templates: {ext.e2b: base, ext.local: base}
                cpu: 1
                memory: 256MiB
                disk: 256MiB
                ttl: 5m
                maxTtl: 1h
                network: none
            """;

    @AutoClose
    private final Cli home = Cli.onFreshHome();

    @TempDir
    Path here;

    private FakeCloud cloud;
    private Cli cli;

    @BeforeEach
    void make() throws IOException {
        Files.writeString(home.home().resolve("config.yaml"), PROFILES);
    }

    @AfterEach
    void nothing_is_left() throws Exception {
        try (var ending = cloud) {
            cli.run("destroy", "--all");
            assertThat(cli.run("ls", "-q").out()).as("in the books").isEmpty();
            assertThat(ending.client().sandboxes()).as("at the cloud").isEmpty();
            assertThat(ending.directories()).as("of the cloud").isEmpty();
            assertThat(cli.directories()).as("on this host").isEmpty();
        }
    }

    @Test
    void a_sandbox_is_provisioned_used_and_torn_down() throws Exception {
        faults();
        var content = random();
        var file = Files.write(here.resolve("in"), content);

        var id = ok("provision", "-p", "e2b-burst").line();
        assertThat(cloud.client().sandboxes()).hasSize(1);
        var exec = cli.runWith("typed".getBytes(UTF_8), "exec", "-i", id, "sh", "-c", "cat; echo no >&2; exit 7");
        assertThat(exec).isEqualTo(new Result(7, "typed", "no\n"));
        ok("cp", file.toString(), id + ":data");
        ok("cp", id + ":data", here.resolve("out").toString());
        assertThat(Files.readAllBytes(here.resolve("out"))).isEqualTo(content);
        assertThat(ok("extend", id, "20m").out()).contains("ends at");
        assertThat(ok("teardown", id).line()).isEqualTo(id);

        assertThat(cloud.client().sandboxes()).isEmpty();
        assertThat(cli.run("exec", id, "true").err()).contains("has ended (killed");
    }

    @Test
    void a_429_with_a_long_retry_time_is_a_failure_that_names_the_time() throws Exception {
        faults("{operation: create, times: 1, status: 429, retryAfter: 30s, message: Rate limit exceeded}");

        var refused = cli.run("create", "-p", "e2b-burst");

        assertThat(refused.status()).isEqualTo(125);
        assertThat(refused.err())
                .contains("E2B answered 429, Rate limit exceeded, retry in 30 s")
                .contains("[no_candidate]");
        assertThat(cloud.client().sandboxes()).isEmpty();
        assertThat(cli.run("create", "-p", "e2b-burst").err()).contains("circuit_open, asked to wait until");
    }

    @Test
    void a_429_with_a_short_retry_time_is_waited_for() throws Exception {
        faults("{operation: create, times: 1, status: 429, retryAfter: 1s, message: Rate limit exceeded}");

        var run = cli.run("run", "-p", "e2b-burst", "--", "true");

        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.err()).contains("waiting", "for the limits of ext.e2b");
    }

    @Test
    void a_full_account_is_reported_as_full() throws Exception {
        faults("{operation: create, status: 429, message: maximum number of concurrent sandboxes}");

        var refused = cli.run("create", "-p", "e2b-burst");

        assertThat(refused.status()).isEqualTo(125);
        assertThat(refused.err())
                .contains("E2B answered 429, maximum number of concurrent sandboxes")
                .doesNotContain("come back");
        assertThat(cloud.client().sandboxes()).isEmpty();
    }

    @Test
    void after_a_cloud_without_room_the_next_extension_of_the_route_is_tried() throws Exception {
        faults(
                "{operation: create, times: 1, status: 503, errorCode: sandbox_capacity_unavailable}",
                "{operation: create, times: 1, status: 503, message: no node}");

        for (int i = 0; i < 2; i++) {
            var id = ok("create", "-p", "either").line();

            assertThat(ok("show", id).out()).contains("ext.local");
            assertThat(ok("exec", id, "echo", "here").line()).isEqualTo("here");
            assertThat(cloud.client().sandboxes()).isEmpty();
        }
        var third = ok("create", "-p", "either").line();
        assertThat(cloud.client().sandboxes()).as("there is room again").hasSize(1);
        assertThat(ok("show", third).out()).contains("ext.e2b");
    }

    @Test
    void a_creation_that_took_effect_before_the_gateway_gave_up_is_adopted() throws Exception {
        faults("{operation: create, times: 1, applyThen: 504, body: upstream request timeout}");

        isAdopted();
    }

    @Test
    void a_creation_whose_answer_was_lost_is_adopted() throws Exception {
        faults("{operation: create, times: 1, loseResponse: true}");

        isAdopted();
    }

    @Test
    void a_creation_is_adopted_also_when_the_first_list_after_it_is_empty() throws Exception {
        // the first list request comes before the creation
        faults("{operation: create, times: 1, applyThen: 504}", "{operation: list, after: 1, times: 1, empty: true}");

        isAdopted();
        assertThat(cloud.struck()).isEqualTo(2);
    }

    /** Creates a sandbox and asserts that it was adopted and no second one was created. */
    private void isAdopted() throws Exception {
        var id = ok("create", "-p", "either").line();

        assertThat(cloud.client().sandboxes()).hasSize(1);
        assertThat(ok("show", id).out()).contains("ext.e2b");
        assertThat(ok("exec", id, "echo", "up").line()).isEqualTo("up");
        ok("destroy", id);
        assertThat(cloud.client().sandboxes()).isEmpty();
    }

    @Test
    void a_creation_that_hangs_is_looked_up_before_anything_else_is_tried() throws Exception {
        faults("{operation: create, times: 2, hang: 2s}");

        var failed = cli.run("create", "-p", "e2b-burst");
        assertThat(failed.status()).isEqualTo(125);
        assertThat(failed.err()).contains("creating a sandbox at E2B: the connection to 127.0.0.1 broke");
        assertThat(cloud.client().sandboxes()).isEmpty();

        var id = ok("create", "-p", "either").line();
        assertThat(ok("show", id).out()).contains("ext.local");
        assertThat(cloud.client().sandboxes()).isEmpty();
    }

    @Test
    void an_interrupted_download_leaves_the_existing_file_unchanged() throws Exception {
        faults("{operation: download, query: data, times: 2, cutAfterBytes: 100KiB}");
        var id = ok("create", "-p", "e2b-burst").line();
        var content = random();
        ok("cp", Files.write(here.resolve("in"), content).toString(), id + ":data");
        Files.delete(here.resolve("in"));
        var old = Files.writeString(here.resolve("old"), "before");

        for (Path target : new Path[] {here.resolve("new"), old}) {
            var cut = cli.run("cp", id + ":data", target.toString());
            assertThat(cut.status()).isEqualTo(125);
            assertThat(cut.err()).contains("copy failed: the connection to the sandbox broke");
        }

        assertThat(Cli.entries(here)).containsExactly(old);
        assertThat(old).hasContent("before");
        ok("cp", id + ":data", old.toString());
        assertThat(Arrays.equals(Files.readAllBytes(old), content)).isTrue();
    }

    @Test
    void an_interrupted_upload_leaves_no_partial_file() throws Exception {
        faults("{operation: upload, times: 1, cutRequestAfterBytes: 100000}");
        var id = ok("create", "-p", "e2b-burst").line();
        var file = Files.write(here.resolve("in"), random()).toString();

        var cut = cli.run("cp", file, id + ":data");

        assertThat(cut.status()).isEqualTo(125);
        assertThat(cut.err()).contains("can't be reached").contains("[backend_failed]");
        assertThat(cli.run("exec", id, "ls", "-A").out()).doesNotContain("data");
        ok("cp", file, id + ":data");
        assertThat(ok("exec", id, "stat", "-c", "%s", "data").line()).isEqualTo(Integer.toString(SIZE));
    }

    @Test
    void a_sandbox_that_ended_at_the_cloud_is_reported_as_ended() throws Exception {
        faults("{operation: exec, times: 1, expire: true}");
        var id = ok("create", "-p", "e2b-burst").line();

        var exec = cli.run("exec", id, "true");

        assertThat(exec.status()).isEqualTo(125);
        assertThat(exec.err()).contains("sandbox " + id + " has ended (lost").contains("[sandbox_ended]");
        assertThat(ok("ls", "-q").out()).isEmpty();
        assertThat(ok("ls", "-a").out()).contains(id).contains("  lost  ");
    }

    @Test
    void a_sandbox_whose_time_is_up_has_expired() throws Exception {
        faults();
        var id = ok("create", "-p", "e2b-burst").line();
        ok("extend", id, "2s");

        await().atMost(LIMIT).until(() -> cloud.client().sandboxes().isEmpty());

        assertThat(ok("ls", "-a").out()).contains(id).contains("  expired  ");
    }

    @Test
    void an_empty_list_ends_nothing() throws Exception {
        // the command lists once before the creation; the fault hits the server's list, so the server must ask by id
        faults("{operation: list, after: 1, times: 1, empty: true}");
        var id = ok("create", "-p", "e2b-burst").line();
        var described = cloud.requests("GET /sandboxes/");

        var server = cli.process().with("SANDBOXER_AOT", "off").start("serve", "--listen", "127.0.0.1:0");
        try {
            await().atMost(LIMIT).until(() -> cloud.struck() == 1 && cloud.requests("GET /sandboxes/") > described);
        } finally {
            server.destroy();
            assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(ok("ls", "-q").line()).isEqualTo(id);
        assertThat(ok("exec", id, "echo", "up").line()).isEqualTo("up");
    }

    @Test
    void a_404_of_another_server_ends_nothing() throws Exception {
        faults(
                "{operation: kill, times: 1, status: 404, body: not found}",
                "{operation: describe, after: 1, times: 1, status: 404, body: no}");
        var id = ok("create", "-p", "e2b-burst").line();

        assertThat(cli.run("exec", id, "true").err()).contains("404").contains("[backend_failed]");
        assertThat(cli.run("destroy", id).err()).contains("404").contains("[backend_failed]");
        assertThat(cloud.client().sandboxes()).hasSize(1);

        assertThat(cli.run("ls", "-q").err()).contains(id).contains("cleaned up");
        assertThat(cloud.client().sandboxes()).isEmpty();
    }

    @Test
    void a_created_sandbox_that_cannot_be_described_is_destroyed() throws Exception {
        faults("{operation: describe, times: 3, status: 500}", "{operation: list, after: 1, empty: true, times: 2}");

        var id = ok("create", "-p", "either").line();

        assertThat(ok("show", id).out()).contains("ext.local").contains("it was killed");
        assertThat(cloud.directories()).isEmpty();
    }

    @Test
    void a_slow_stream_arrives_whole() throws Exception {
        faults("{operation: exec, slow: 5ms}");
        var numbers =
                IntStream.rangeClosed(1, 20_000).mapToObj(Integer::toString).collect(Collectors.joining("\n"));

        var slow = ok("run", "-p", "e2b-burst", "--", "seq", "20000");

        assertThat(slow.line()).isEqualTo(numbers);
    }

    @Test
    void interrupted_output_is_a_failure() throws Exception {
        faults("{operation: exec, times: 1, cutAfterBytes: 50000}");

        // the JDK's client drops data that arrives with the end of a connection, so this waits for the first part
        var cut = cli.process()
                .with("SANDBOXER_AOT", "off")
                .start("run", "-i", "-p", "e2b-burst", "--", "sh", "-c", "seq 5000; read go; seq 50000");
        var out = new StringBuilder();
        try (var lines = cut.inputReader(UTF_8);
                var input = cut.outputWriter(UTF_8)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                out.append(line).append('\n');
                if (line.equals("5000")) {
                    input.write("go\n");
                    input.flush();
                }
            }
        }

        assertThat(cut.waitFor()).isEqualTo(125);
        assertThat(new String(cut.getErrorStream().readAllBytes(), UTF_8)).contains("[backend_failed]");
        assertThat(out.toString()).startsWith("1\n2\n").doesNotContain("\n50000\n");
        assertThat(ok("ls", "-q").out()).as("run takes its sandbox with it").isEmpty();
        assertThat(cloud.client().sandboxes()).isEmpty();
    }

    @Test
    void a_destruction_whose_answers_are_lost_or_refused_is_repeated() throws Exception {
        faults(
                "{operation: kill, times: 1, loseResponse: true}",
                "{operation: kill, after: 1, times: 2, status: 503, message: try again}");
        var first = ok("create", "-p", "e2b-burst").line();
        var second = ok("create", "-p", "e2b-burst").line();

        ok("destroy", first);
        ok("destroy", second);

        assertThat(cloud.struck()).isEqualTo(3);
        assertThat(cloud.client().sandboxes()).isEmpty();
    }

    @Test
    void a_failed_destruction_is_finished_by_the_next_command() throws Exception {
        faults("{operation: kill, times: 3, status: 500}");
        var id = ok("create", "-p", "e2b-burst").line();

        var failed = cli.run("destroy", id);
        assertThat(failed.status()).isEqualTo(125);
        assertThat(failed.err()).contains("the next sandboxer command tries again");
        assertThat(cloud.client().sandboxes()).hasSize(1);

        var next = cli.run("ls", "-q");
        assertThat(next.err()).contains(id).contains("its end was interrupted; cleaned up");
        assertThat(next.out()).isEmpty();
        assertThat(cloud.client().sandboxes()).isEmpty();
    }

    private void faults(String... rules) throws IOException {
        var plan = rules.length == 0
                ? "faults: []\n"
                : "faults:\n"
                        + Arrays.stream(rules).map(rule -> "  - " + rule + "\n").collect(Collectors.joining());
        cloud = FakeCloud.start(plan);
        cli = home.with(cloud.client().environment());
    }

    private Result ok(String... arguments) {
        var result = cli.run(arguments);
        assertThat(result.status()).as(result.err()).isZero();
        return result;
    }

    private static byte[] random() {
        var seed = System.nanoTime();
        System.out.println("E2bFaultIT: seed " + seed);
        var content = new byte[SIZE];
        new SplittableRandom(seed).nextBytes(content);
        return content;
    }
}
