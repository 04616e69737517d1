package dev.sandboxer.cli.sandboxes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class SandboxIT {
    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    @Test
    void outlives_the_process_that_created_it_until_another_destroys_it() {
        var id = cli.create("--ttl", "10m", "--metadata", "team=blue");

        assertThat(cli.run("exec", id, "sh", "-c", "echo kept > note").status()).isZero();
        assertThat(cli.run("exec", id.substring(0, 8), "--", "cat", "note").line())
                .isEqualTo("kept");
        assertThat(cli.run("ls", "-q").out().lines()).contains(id);
        assertThat(cli.run("show", id).out()).contains("state      running").contains("team=blue");

        assertThat(cli.run("rm", id).status()).isZero();
        assertThat(cli.run("rm", id).status()).as("destroying again is fine").isZero();
        var late = cli.run("exec", id, "true");
        assertThat(late.status()).isEqualTo(125);
        assertThat(late.err()).contains("has ended (killed").contains("[sandbox_ended]");
        assertThat(cli.directories())
                .noneMatch(directory -> directory.toString().contains(id));
    }

    @Test
    void is_described_in_json() {
        var id = cli.create("--cpu", "0.5", "--memory", "256MiB", "--disk", "1GiB");

        var shown = JsonMapper.shared().readTree(cli.run("show", id, "--json").out());
        assertThat(shown.at("/sandbox/id").asString()).isEqualTo(id);
        assertThat(shown.at("/sandbox/cpuMillis").asInt()).isEqualTo(500);
        assertThat(shown.at("/sandbox/memoryMiB").asInt()).isEqualTo(256);
        assertThat(shown.at("/attempts/0/outcome").asString()).isEqualTo("created");
        var listed = JsonMapper.shared().readTree(cli.run("ls", "--json").out());
        assertThat(listed.findValuesAsString("id")).contains(id);
    }

    @Test
    void lives_exactly_as_long_as_extend_says() {
        var id = cli.create();

        assertThat(cli.run("extend", id, "1s").status()).isZero();

        assertThat(cli.run("exec", id, "sleep", "60").err()).contains("[sandbox_ended]");
        assertThat(cli.run("ls", "-a").out()).contains(id).contains("  expired  ");
        assertThat(cli.run("extend", id, "1m").err()).contains("has ended (expired");
    }

    @Test
    void is_created_once_for_one_idempotency_key() {
        var first = cli.create("--idempotency-key", "job-1");

        assertThat(cli.create("--idempotency-key", "job-1")).isEqualTo(first);
        assertThat(cli.run("create", "--idempotency-key", "job-1", "--ttl", "1m")
                        .err())
                .contains("[conflict]");
    }

    @Test
    void gives_a_command_a_terminal_when_asked() {
        var id = cli.create();

        assertThat(cli.run("exec", "-t", id, "tty").line()).startsWith("/dev/pts/");
        assertThat(cli.run("exec", id, "tty").line()).isEqualTo("not a tty");
        assertThat(cli.run("exec", "-t", id, "stty", "size").line()).isEqualTo("24 80");
    }

    @Test
    void passes_on_its_own_variables_to_every_command() {
        var id = cli.create("-e", "A=1", "-e", "B=two words");

        assertThat(cli.run("exec", id, "sh", "-c", "echo $A $B").line()).isEqualTo("1 two words");
        assertThat(cli.run("exec", "-e", "A=3", id, "sh", "-c", "echo $A").line())
                .isEqualTo("3");
    }

    @Test
    void becomes_root_by_sudo_and_by_user() {
        var id = cli.create();

        assertThat(cli.run("exec", id, "sudo", "id", "-un").line()).isEqualTo("root");
        assertThat(cli.run("exec", "-u", "root", id, "id", "-un").line()).isEqualTo("root");
        assertThat(cli.run("exec", id, "id", "-un").line()).isEqualTo("user");
    }
}
