package dev.sandboxer.cli.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.CliProcess;
import dev.sandboxer.cli.docs.DocPage.Kind;
import dev.sandboxer.cli.docs.DocPage.Step;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the commands of every page in order, as a reader would: each page in its own shell and home. */
class DocsIT {
    private static final long LIMIT_S = 180;
    private static final List<String> LINKED = List.of("scripts", "examples", "docs", "deploy");

    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    /** Stands in for a checkout: the built distribution is {@code ./sandboxer}, and {@code sandboxer} on the PATH. */
    @TempDir
    Path here;

    @AfterEach
    void remove_links() throws IOException {
        for (String name : LINKED) {
            Files.deleteIfExists(here.resolve("checkout").resolve(name));
        }
    }

    static Stream<String> pages() {
        return DocPages.all().stream().filter(DocPage::isRun).map(DocPage::path);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void the_commands_of_a_page_work(String path) throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "a plain user's sandbox has no sudo");
        var page = DocPage.read(path);

        var said = run(page);

        if (path.equals("README.md")) {
            assertThat(said).contains("hello from", "hello\n", "uid=0(root)");
        }
        for (Step step : page.steps()) {
            if (step.kind() == Kind.CONSOLE) {
                new Transcript(path, step).compare(Files.readString(here.resolve("out/" + step.line())));
            }
        }
    }

    @Test
    void a_command_that_fails_is_named_with_its_page_and_line() throws Exception {
        var page = new DocPage("page.md", List.of(new Step(Kind.SHELL, 7, "", "true\nfalse || false\n")), List.of());

        var process = start(page);

        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).contains("page.md:7: false");
        assertThat(process.waitFor()).isNotZero();
    }

    /** Runs a page's commands and returns their output. */
    private String run(DocPage page) throws IOException, InterruptedException {
        var process = start(page);
        var output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(LIMIT_S, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(page.path() + "\n" + output).isZero();
        return output;
    }

    private Process start(DocPage page) throws IOException {
        layOut();
        var script = Files.writeString(here.resolve("page.sh"), withFreePorts(script(page)));
        var builder = new ProcessBuilder("timeout", "" + LIMIT_S, "bash", script.toString())
                .directory(here.resolve("checkout").toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true);
        var environment = builder.environment();
        environment.keySet().removeIf(name -> name.matches("(E2B|MODAL|SANDBOXER)_.*"));
        environment.putAll(new CliProcess(cli.home()).environment());
        environment.put("SANDBOXER_HOME", cli.home().toString());
        environment.put("SANDBOXER_PROGRAM", CliProcess.PROGRAM.toString());
        environment.put("HOME", here.toString());
        environment.put(
                "PATH",
                here.resolve("checkout") + ":" + System.getProperty("java.home") + "/bin:" + environment.get("PATH"));
        return builder.start();
    }

    /** Prepares what a reader has: the program, the directories of the tree, and a directory of notes. */
    private void layOut() throws IOException {
        Files.createDirectory(here.resolve("out"));
        var checkout = Files.createDirectory(here.resolve("checkout"));
        for (String name : LINKED) {
            Files.createSymbolicLink(checkout.resolve(name), Tree.ROOT.resolve(name));
        }
        Files.createDirectory(checkout.resolve("notes"));
        Files.writeString(checkout.resolve("notes/first"), "a note");
        var program = Files.writeString(checkout.resolve("sandboxer"), """
                #!/bin/sh
                # On a pseudo-terminal, type exit.
                case " $* " in
                    *" -it "*) echo exit | script --quiet --return --command "%1$s $*" /dev/null ;;
                    *) exec %1$s "$@" ;;
                esac
                """.formatted(CliProcess.PROGRAM));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Replaces the ports of the documents, which other tests or servers of this machine may use. */
    private static String withFreePorts(String script) throws IOException {
        var result = script;
        for (String port : List.of("7070", "7071", "7080", "7081", "8787", "18000")) {
            try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                result = result.replaceAll("\\b" + port + "\\b", "" + socket.getLocalPort());
            }
        }
        return result;
    }

    private String script(DocPage page) {
        var script = new StringBuilder("""
                set -eEuo pipefail
                at=
                trap 'echo "$at: $BASH_COMMAND: failed with $?"' ERR
                trap 'status=$?; trap - ERR; jobs -p | xargs -r kill; wait; exit $status' EXIT
                """);
        for (Step step : page.steps()) {
            script.append("at=")
                    .append(page.path())
                    .append(':')
                    .append(step.line())
                    .append('\n');
            switch (step.kind()) {
                case SHELL -> script.append(step.text()).append('\n');
                case CONSOLE ->
                    script.append(new Transcript(page.path(), step).script(here.resolve("out/" + step.line())));
                case FILE ->
                    script.append("cat >\"$SANDBOXER_HOME/%s\" <<'END OF FILE'\n".formatted(step.note()))
                            .append(step.text())
                            .append("END OF FILE\n");
                case NOT_RUN -> {}
            }
        }
        return script.toString();
    }
}
