package dev.sandboxer.cli.sandboxes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The commands that use sandboxes can do what the API can. */
class UseCommandsIT {
    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    @TempDir
    Path here;

    @Test
    void a_detached_command_runs_on_and_its_output_is_kept() throws Exception {
        var id = cli.create();
        var tag = cli.run("exec", "-d", "-e", "A=b", id, "sh", "-c", "echo $A; echo err >&2; sleep 3; echo end; exit 3")
                .line();

        assertThat(cli.run("ps", id).out()).contains(tag).contains("sh -c 'echo $A;");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(cli.run("logs", id).out()).startsWith("b\nerr\n"));
        var follower = cli.process().start("logs", "-f", id, tag);
        assertThat(follower.inputReader().readAllAsString()).isEqualTo("b\nerr\nend\n");
        assertThat(follower.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(follower.exitValue()).isZero();
        assertThat(cli.run("ps", id).out().lines()).hasSize(1);
    }

    @Test
    void logs_needs_a_tag_when_there_are_several_detached_commands() {
        var id = cli.create();
        assertThat(cli.run("logs", id).err()).contains("no command was started with exec -d");
        var first = cli.run("exec", "-d", id, "echo", "first").line();
        var second = cli.run("exec", "--detach", id, "no-such-command").line();
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> assertThat(cli.run("logs", id, second).out()).contains("not found"));

        assertThat(cli.run("logs", id).err()).contains(first).contains(second);
        assertThat(cli.run("logs", id, first).out()).isEqualTo("first\n");
        assertThat(cli.run("logs", id, "../../etc/passwd").status()).isEqualTo(2);
        assertThat(cli.run("exec", "-d", "-t", id, "true").status()).isEqualTo(2);
    }

    @Test
    void a_sandbox_is_paused_and_resumed() {
        var id = cli.create();

        assertThat(cli.run("pause", id).line()).isEqualTo(id);
        assertThat(cli.run("ls").out()).contains("  paused  ");
        assertThat(cli.run("exec", id, "true").err()).contains("paused, not running");
        assertThat(cli.run("resume", "--ttl", "5m", id).line()).startsWith(id + " ends at ");
        assertThat(cli.run("exec", id, "true").status()).isZero();
        assertThat(cli.run("resume", id, id).status()).isEqualTo(125);
    }

    @Test
    void a_snapshot_starts_others_and_can_be_deleted() {
        var id = cli.create();
        cli.run("exec", id, "sh", "-c", "echo kept > note");

        var snapshot = cli.run("snapshot", "--name", "before", id).line();
        cli.run("destroy", id);

        assertThat(cli.run("snapshots", "ls").out()).contains(snapshot).contains("before");
        assertThat(cli.run("snapshots", "ls", "-q").line()).isEqualTo(snapshot);
        assertThat(cli.run("run", "--snapshot", "before", "cat", "note").line()).isEqualTo("kept");
        assertThat(cli.run("snapshots", "rm", "before").line()).isEqualTo(snapshot);
        assertThat(cli.run("create", "--snapshot", "before").err()).contains("snapshot \"before\" not found");
    }

    @Test
    void forks_have_the_disk_and_the_variables_and_no_name() {
        var id = cli.create("--name", "original", "-e", "A=b");
        cli.run("exec", id, "sh", "-c", "echo kept > note");

        var forks = cli.run("fork", "--count", "2", "original").out().lines().toList();

        assertThat(forks).hasSize(2).doesNotContain(id);
        for (String fork : forks) {
            assertThat(cli.run("exec", fork, "sh", "-c", "cat note; echo $A").out())
                    .isEqualTo("kept\nb\n");
            assertThat(cli.run("show", fork).out()).doesNotContain("original");
        }
        assertThat(cli.run("snapshots", "ls", "-q").out()).isEmpty();
        assertThat(cli.run("fork", "--count", "0", id).status()).isEqualTo(2);
    }

    @Test
    void a_name_is_unique_until_its_sandbox_ends() {
        var id = cli.create("--name", "web");

        assertThat(cli.run("exec", "web", "hostname").line()).isEqualTo(id);
        assertThat(cli.run("show", "web").out()).contains("name       web");
        assertThat(cli.run("create", "--name", "web").err()).contains("already exists");
        assertThat(cli.run("create", "--name", "a b").err()).contains("\"a b\" is not a name");
        assertThat(cli.run("kill", "web").line()).isEqualTo(id);
        assertThat(cli.run("exec", "web", "true").err()).contains("sandbox \"web\" not found");
        assertThat(cli.create("--name", "web")).isNotEqualTo(id);
    }

    @Test
    void a_list_is_filtered() {
        var blue = cli.create("--metadata", "team=blue", "--name", "one");
        var red = cli.create("--metadata", "team=red");

        assertThat(cli.run("ls", "-q", "--filter", "team=blue").line()).isEqualTo(blue);
        assertThat(cli.run("ls", "-q", "--filter", "team=red", "--filter", "state=running")
                        .line())
                .isEqualTo(red);
        assertThat(cli.run("ls", "-q", "--filter", "name=one", "--filter", "on=ext.local")
                        .line())
                .isEqualTo(blue);
        assertThat(cli.run("ls", "-q", "--filter", "profile=base", "--filter", "team=green")
                        .out())
                .isEmpty();
        cli.run("kill", red);
        assertThat(cli.run("ps", "-a", "-q", "--filter", "reason=killed", "--filter", "team=red")
                        .line())
                .isEqualTo(red);
        assertThat(cli.run("ls", "--filter", "team").err()).contains("\"team\" is not KEY=VALUE");
    }

    @Test
    void stats_shows_what_sandboxes_use() {
        var id = cli.create();

        assertThat(cli.run("stats").out()).contains("CPU TIME").contains(id).contains("512MiB");
        var json = JsonMapper.shared().readTree(cli.run("stats", id, "--json").out());
        assertThat(json.at("/0/memoryTotalBytes").asLong()).isEqualTo(512L << 20);
    }

    @Test
    void variables_come_from_a_file_and_options_win() throws IOException {
        var file = Files.writeString(
                here.resolve("env"), "# a comment\n\nA=from file\n  B=\"quoted\"\nOURS\nMISSING_HERE\n");
        var own = cli.with("OURS", "passed on");

        assertThat(own.run("run", "--env-file", file.toString(), "-e", "B=b", "sh", "-c", "echo $A, $B, $OURS")
                        .line())
                .isEqualTo("from file, b, passed on");
        var id = own.create("--env-file", file.toString());
        assertThat(own.run("exec", id, "sh", "-c", "echo $A, $B, $OURS").line())
                .isEqualTo("from file, \"quoted\", passed on");
        assertThat(own.run("run", "--env-file", here + "/none", "true").err()).contains("no such file");
        Files.writeString(file, "=x\n");
        assertThat(own.run("create", "--env-file", file.toString()).err()).contains("\"=x\" is not KEY=VALUE or KEY");
    }

    @Test
    void run_copies_a_directory_in_and_the_results_out() throws IOException {
        Files.writeString(Files.createDirectory(here.resolve("src")).resolve("in"), "text");

        var result = cli.run(
                "run", "--in", here + "/src", "--out", here + "/a/new", "sh", "-c", "tr a-z A-Z < in > out; exit 4");

        assertThat(result.status()).as(result.err()).isEqualTo(4);
        assertThat(here.resolve("a/new/out")).hasContent("TEXT");
        assertThat(here.resolve("a/new/in")).hasContent("text");
        assertThat(cli.run("run", "--in", here + "/nowhere", "true").status()).isEqualTo(2);
        assertThat(cli.run("run", "--out", here + "/only", "-w", "/tmp/x", "sh", "-c", "pwd > where")
                        .status())
                .isZero();
        assertThat(here.resolve("only/where")).hasContent("/tmp/x\n");
    }
}
