package dev.sandboxer.extension.tck.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.tck.Requests;
import dev.sandboxer.extension.tck.SandboxContract;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Contract for the arguments and environment of a process, which arrive unchanged. */
public abstract class ArgumentContract extends SandboxContract {
    /** Called by the subclass that tests an extension. */
    protected ArgumentContract() {}

    /** Strings with characters that a shell, a template or a parser could treat specially. */
    private static final List<String> ODD = List.of(
            "",
            " ",
            "a b",
            "line\nline\n",
            "tab\t",
            "ü é 漢字 😀",
            "'",
            "\"",
            "\\",
            "$HOME",
            "`id`",
            "$(id)",
            "*",
            "~",
            "-n",
            "--",
            "%s%n",
            ";",
            "&",
            "|",
            "\u0001\u007f",
            "\r\n",
            "");

    @Test
    void arguments_arrive_unchanged() {
        var captured = box().sh("printf '%s\\0' \"$@\"", ODD.toArray(String[]::new));
        assertThat(captured.status()).isZero();
        assertThat(captured.out()).isEqualTo(String.join("\0", ODD) + "\0");
    }

    @Test
    void a_long_argument_and_many_arguments_arrive() {
        var longOne = "ü".repeat(50_000);
        assertThat(box().sh("printf %s \"$1\" | wc -c", longOne).text()).isEqualTo("100000");
        var argv = new ArrayList<>(List.of(fixture().shell(), "-c", "echo $#", "sh"));
        for (int i = 0; i < 5000; i++) {
            argv.add("argument " + i);
        }
        assertThat(box().run(ProcessSpec.of(argv)).text()).isEqualTo("5000");
    }

    @Test
    void variables_arrive_unchanged() {
        var env = new HashMap<String, String>();
        for (int i = 0; i < ODD.size(); i++) {
            env.put("TCK_" + i, ODD.get(i));
        }
        var script = new StringBuilder("printf '%s\\0'");
        for (int i = 0; i < ODD.size(); i++) {
            script.append(" \"$TCK_").append(i).append('"');
        }
        var captured =
                box().run(box().script(script.toString()).toBuilder().env(env).build());
        assertThat(captured.out()).isEqualTo(String.join("\0", ODD) + "\0");
    }

    @Test
    void a_large_environment_arrives() {
        var env = new HashMap<String, String>();
        for (int i = 0; i < 200; i++) {
            env.put("TCK_LARGE_" + i, Integer.toString(i).repeat(1000));
        }
        env.put("TCK_LARGEST", "x".repeat(100_000));
        var captured = box().run(ProcessSpec.builder("env", "-0").env(env).build());
        var arrived = new HashMap<String, String>();
        for (var line : captured.out().split("\0")) {
            arrived.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
        }
        assertThat(arrived).containsAllEntriesOf(env);
    }

    @Test
    void the_environment_of_a_process_goes_on_top_of_the_sandboxs() {
        var script = box().script("echo \"$TCK_ORIGIN $TCK_MINE\"");
        assertThat(box().run(script).text()).isEqualTo("the sandbox");
        assertThat(box().run(script.toBuilder().env(Map.of("TCK_MINE", "mine")).build())
                        .text())
                .isEqualTo("the sandbox mine");
        assertThat(box().run(script.toBuilder()
                                .env(Map.of(Requests.VARIABLE, "the process"))
                                .build())
                        .text())
                .isEqualTo("the process");
        assertThat(box().run(script).text()).as("afterwards").isEqualTo("the sandbox");
    }

    @Test
    void a_variable_may_be_empty() {
        var script = box().script("echo \"${TCK_ORIGIN-unset}\"");
        assertThat(box().run(script.toBuilder()
                                .env(Map.of(Requests.VARIABLE, ""))
                                .build())
                        .text())
                .isEmpty();
    }

    @Test
    void a_script_file_of_200_kb_runs() {
        var path = box().newPath();
        box().write(path, ("# " + "x".repeat(97) + "\n").repeat(2000) + "echo $0 done\n");
        var captured = box().run(ProcessSpec.of(fixture().shell(), path));
        assertThat(captured.out().getBytes(UTF_8)).isEqualTo((path + " done\n").getBytes(UTF_8));
    }
}
