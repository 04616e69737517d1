package dev.sandboxer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of README.md, to the letter, as a newcomer types them. */
class ReadmeIT {
    private static final Path README = CliProcess.BASE.resolve("../README.md");
    private static final String CREATE = "./sandboxer create ";

    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    /** In place of the checkout: the built distribution is {@code ./sandboxer}. */
    @TempDir
    Path here;

    @BeforeEach
    void make_what_the_commands_name() throws IOException {
        Files.createSymbolicLink(here.resolve("sandboxer"), CliProcess.PROGRAM);
        Files.createDirectory(here.resolve("notes"));
        Files.writeString(here.resolve("notes/first"), "a note");
    }

    @AfterEach
    void remove_the_link() throws IOException {
        Files.delete(here.resolve("sandboxer"));
    }

    @Test
    void the_first_command_greets() throws Exception {
        var commands = commands("## Start");

        assertThat(commands).hasSize(1);
        assertThat(type(commands.getFirst())).startsWith("hello from");
    }

    @Test
    void every_command_of_the_tour_works() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "a plain user's sandbox has no sudo");
        var commands = commands("## Use");
        var id = "";
        var said = new ArrayList<String>();

        for (String command : commands) {
            var output = type(command.replaceAll("\\bID\\b", id));
            said.add(output);
            if (command.startsWith(CREATE)) {
                id = output.strip();
            }
        }

        assertThat(commands).hasSizeGreaterThan(8).first().asString().startsWith(CREATE);
        assertThat(said).contains("hello\n"); // the file that came out
        assertThat(said).anyMatch(output -> output.contains("uid=0(root)")); // by sudo
    }

    /** The lines of the shell blocks below a heading. */
    private static List<String> commands(String heading) throws IOException {
        var text = Files.readString(README);
        var begin = text.indexOf("\n" + heading + "\n");
        assertThat(begin).as("README.md has " + heading).isPositive();
        var end = text.indexOf("\n## ", begin + heading.length());
        var commands = new ArrayList<String>();
        for (String block : text.substring(begin, end).split("```sh\n", -1)) {
            var close = block.indexOf("```");
            if (close >= 0) {
                block.substring(0, close).lines().forEach(commands::add);
            }
        }
        return commands;
    }

    /** What a command says when it is typed into a shell here; it has to succeed. */
    private String type(String command) throws IOException, InterruptedException {
        var shell = needsTerminal(command)
                ? List.of("script", "--quiet", "--return", "--command", command, "/dev/null")
                : List.of("sh", "-c", command);
        var builder = new ProcessBuilder(shell).directory(here.toFile()).redirectErrorStream(true);
        builder.environment().putAll(new CliProcess(cli.home()).environment());
        builder.environment().put("SANDBOXER_HOME", cli.home().toString());
        var process = builder.start();
        process.getOutputStream().write(needsTerminal(command) ? "exit\n".getBytes(UTF_8) : new byte[0]);
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(command + "\n" + output).isZero();
        return output;
    }

    /** The one kind of command that gets a terminal of its own, on which somebody types {@code exit}. */
    private static boolean needsTerminal(String command) {
        return command.contains(" -it ");
    }
}
