package dev.sandboxer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.command.Installation;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.config.Home;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class MainTest {
    private static final Console CONSOLE = new Console(
            InputStream.nullInputStream(), OutputStream.nullOutputStream(), OutputStream.nullOutputStream());

    private static CommandLine commandLine(String... arguments) {
        return Main.commandLine(new Installation(new Home(Path.of("unused")), Map.of(), CONSOLE), CONSOLE, arguments);
    }

    static Stream<String> names() {
        return Main.COMMANDS.stream().flatMap(entry -> entry.names().stream());
    }

    @ParameterizedTest
    @MethodSource("names")
    void a_command_built_alone_equals_the_one_built_with_all_others(String name) {
        var alone = commandLine(name).getSubcommands();

        assertThat(alone.values().stream().distinct()).hasSize(1);
        assertThat(alone.get(name).getUsageMessage())
                .isEqualTo(commandLine().getSubcommands().get(name).getUsageMessage());
    }

    @ParameterizedTest
    @MethodSource("names")
    void every_command_and_every_option_has_a_description(String name) {
        assertDescribed(commandLine(name).getSubcommands().get(name));
    }

    @Test
    void running_out_of_memory_is_reported_in_one_line() {
        var err = new ByteArrayOutputStream();
        var console = new Console(InputStream.nullInputStream(), OutputStream.nullOutputStream(), err);

        var status = Main.run(console, () -> {
            throw new OutOfMemoryError("Java heap space");
        });

        assertThat(status).isEqualTo(125);
        assertThat(err.toString(UTF_8).lines()).singleElement().asString().contains("out of memory");
    }

    private static void assertDescribed(CommandLine command) {
        var spec = command.getCommandSpec();
        assertThat(spec.usageMessage().description()).as(spec.qualifiedName()).isNotEmpty();
        assertThat(spec.args())
                .allSatisfy(argument -> assertThat(argument.description())
                        .as(argument.toString())
                        .isNotEmpty());
        command.getSubcommands().values().forEach(MainTest::assertDescribed);
    }
}
