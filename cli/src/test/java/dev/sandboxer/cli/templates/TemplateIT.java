package dev.sandboxer.cli.templates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Templates built on the command line, in real sandboxes. */
class TemplateIT {
    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    @TempDir
    Path here;

    private Path dockerfile(String content) throws IOException {
        return Files.writeString(here.resolve("Dockerfile"), content);
    }

    private Cli.Result build(String name, String... options) {
        var arguments = new java.util.ArrayList<>(java.util.List.of("templates", "build", name));
        arguments.addAll(java.util.List.of("-f", here.resolve("Dockerfile").toString()));
        arguments.addAll(java.util.List.of(options));
        return cli.run(arguments.toArray(String[]::new));
    }

    @Test
    void sandboxes_start_from_a_template_built_from_a_dockerfile() throws IOException {
        Files.createDirectories(here.resolve("site/assets"));
        Files.writeString(here.resolve("site/index.html"), "hello\n");
        Files.writeString(here.resolve("site/assets/a.css"), "css\n");
        Files.writeString(here.resolve("site/secret.key"), "no\n");
        Files.writeString(here.resolve("a.txt"), "a\n");
        Files.writeString(here.resolve("b.txt"), "b\n");
        Files.writeString(here.resolve(".dockerignore"), "**/*.key\n");
        dockerfile("""
                FROM base
                ENV SITE=/srv/site PATH=/opt/tools:$PATH
                WORKDIR /srv/site
                COPY --chown=user site .
                COPY *.txt /srv/texts/
                RUN mkdir -p /opt/tools && printf '#!/bin/sh\\necho tool\\n' > /opt/tools/tool \\
                    && chmod 755 /opt/tools/tool
                RUN echo "$SITE as $(whoami)" > /srv/log
                USER user
                CMD ["python3", "-m", "http.server", "8000"]
                """);

        var built = build("site", "--tag", "v1", "--ready-port", "8000", "--ready-within", "5m", "--memory", "300MiB");

        assertThat(built.status()).as(built.err()).isZero();
        assertThat(built.line()).isEqualTo("site:default");
        assertThat(built.err()).contains("RUN mkdir -p /opt/tools").contains("Template ready");
        var id = cli.run("create", "-p", "site").line();
        assertThat(cli.run("exec", id, "sh", "-c", "pwd; whoami; tool; cat /srv/log; ls; ls /srv/texts")
                        .out())
                .isEqualTo("/srv/site\nuser\ntool\n/srv/site as root\nassets\nindex.html\na.txt\nb.txt\n");
        assertThat(cli.run(
                                "exec",
                                id,
                                "python3",
                                "-c",
                                "import urllib.request as u;"
                                        + "print(u.urlopen('http://localhost:8000/').read().decode())")
                        .out())
                .startsWith("hello");
        assertThat(cli.run("show", id).out()).contains("300MiB");
        assertThat(cli.run("create", "-p", "site:v1").status()).isZero();
        assertThat(cli.run("templates", "ls").out())
                .contains("site")
                .contains("default,v1")
                .contains("ready");
        assertThat(cli.run("templates", "show", "site").out()).contains("tag       v1 = b");
        assertThat(cli.run("templates", "show", "--log", "site").out()).contains("USER user");
        assertThat(cli.run("snapshots", "ls", "-q").out()).isEmpty();

        assertThat(cli.run("templates", "rm", "site").line()).isEqualTo("site");
        assertThat(cli.run("create", "-p", "site").err()).contains("[unknown_profile]");
        assertThat(cli.run("exec", id, "true").status()).isZero();
    }

    @Test
    void a_step_that_fails_is_named_with_its_output_and_nothing_is_left() throws IOException {
        dockerfile("FROM base\nRUN echo fine\nRUN echo oh no >&2; exit 9\n");

        var failed = build("broken");

        assertThat(failed.status()).isEqualTo(125);
        assertThat(failed.err())
                .contains("oh no")
                .contains("template broken was not built: RUN echo oh no >&2; exit 9: it ended with exit code 9");
        assertThat(cli.run("templates", "ls").out()).contains("broken").contains("failed");
        assertThat(cli.run("ls").out()).doesNotContain("templates build");
        assertThat(cli.run("templates", "rm", "broken").status()).isZero();
    }

    @Test
    void a_template_is_built_on_another_and_a_new_build_takes_the_place_of_the_old() throws IOException {
        dockerfile("FROM base\nENV A=1\nRUN echo one > /srv/a\n");
        assertThat(build("below").status()).isZero();
        dockerfile("FROM below\nRUN echo $A two >> /srv/a\n");
        assertThat(build("above").status()).isZero();
        assertThat(cli.run("run", "-p", "above", "cat", "/srv/a").out()).isEqualTo("one\n1 two\n");

        dockerfile("FROM base\nRUN echo new > /srv/a\n");
        assertThat(build("above").status()).isZero();
        assertThat(cli.run("run", "-p", "above", "cat", "/srv/a").out()).isEqualTo("new\n");
        assertThat(cli.run("templates", "show", "--json", "above").out().split("\"snapshot\""))
                .hasSize(2);
    }

    @Test
    void mistakes_are_reported_before_the_build_starts() throws IOException {
        dockerfile("FROM base\nADD a b\n");
        assertThat(build("bad").err())
                .contains("Dockerfile:2: ADD is not supported")
                .contains("[invalid_argument]");
        dockerfile("FROM base\nCOPY ../outside /a\n");
        assertThat(build("bad").err())
                .contains("not built: COPY ../outside /a: ")
                .contains("outside");
        dockerfile("FROM base\n");
        assertThat(build("base").err()).contains("the name of a profile");
        assertThat(build("Bad Name").err()).contains("not a template's name");
        assertThat(cli.run("templates", "show", "nothing").err()).contains("[unknown_template]");
    }
}
