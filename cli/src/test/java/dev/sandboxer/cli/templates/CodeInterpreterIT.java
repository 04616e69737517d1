package dev.sandboxer.cli.templates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The code interpreter's template, installed and used on the command line. conformance/ tests it with its SDK. */
class CodeInterpreterIT {
    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    private String execute(String id, String code) {
        return execute(id, code, "python");
    }

    private String execute(String id, String code, String language) {
        return cli.run("exec", id, "python3", "-c", """
                        import json, sys, urllib.request as u
                        body = json.dumps({'code': sys.argv[1], 'language': sys.argv[2]}).encode()
                        print(u.urlopen('http://localhost:49999/execute', body).read().decode())
                        """, code, language).out();
    }

    @Test
    void an_installed_code_interpreter_runs_code_also_after_a_pause_and_in_forks() {
        assertThat(cli.run("create", "-p", "code-interpreter").err())
                .as("before it is installed")
                .contains("sandboxer templates install code-interpreter");

        var installed = cli.run("templates", "install", "code-interpreter");

        assertThat(installed.status()).as(installed.err()).isZero();
        assertThat(installed.line()).isEqualTo("profile.code-interpreter");
        var id = cli.run("create", "-p", "code-interpreter").line();
        assertThat(execute(id, "kept = 20 + 1; import os; os.getcwd(), os.getuid()"))
                .contains("('/home/user', 1000)");
        assertThat(cli.run("pause", id).status()).isZero();
        assertThat(cli.run("resume", id).status()).isZero();
        assertThat(execute(id, "kept * 2")).contains("\"42\"");
        var fork = cli.run("fork", id).line();
        assertThat(execute(fork, "kept")).contains("NameError");
        assertThat(execute(fork, "1 + 1")).contains("\"2\"");
    }

    @Test
    void a_template_built_on_it_can_add_a_kernel(@TempDir Path directory) throws IOException {
        assertThat(cli.run("templates", "install", "code-interpreter").status()).isZero();
        Files.copy(Path.of("../conformance/harness/guest/echo_kernel.py"), directory.resolve("echo_kernel.py"));
        Files.writeString(directory.resolve("kernel.json"), """
                {"language": "R", "display_name": "R",
                 "argv": ["/usr/bin/python3", "{resource_dir}/echo_kernel.py", "R", "-f", "{connection_file}"]}
                """);
        var dockerfile = Files.writeString(directory.resolve("Dockerfile"), """
                FROM code-interpreter
                COPY kernel.json echo_kernel.py /usr/local/share/jupyter/kernels/ir/
                """);

        var built = cli.run("templates", "build", "with-r", "-f", dockerfile.toString());

        assertThat(built.status()).as(built.err()).isZero();
        var id = cli.run("create", "-p", "with-r").line();
        assertThat(execute(id, "1 + 1")).contains("\"2\"");
        assertThat(execute(id, "x <- 1", "r")).contains("R got x <- 1");
        assertThat(cli.run("templates", "rm", "with-r").status()).isZero();
    }

    @Test
    void no_other_template_can_be_installed() {
        var refused = cli.run("templates", "install", "cobol");

        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).contains("code-interpreter");
    }
}
