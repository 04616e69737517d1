package dev.sandboxer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import picocli.CommandLine.Command;

class MainTest {
    static final List<Main.Entry> OWN = Main.COMMANDS.stream()
            .filter(entry -> SandboxerCommand.class.isAssignableFrom(entry.type()))
            .toList();

    @ParameterizedTest
    @FieldSource("OWN")
    void a_command_is_found_by_the_names_it_declares(Main.Entry entry) {
        var declared = entry.type().getAnnotation(Command.class);

        assertThat(entry.names())
                .containsExactlyElementsOf(Stream.concat(Stream.of(declared.name()), Stream.of(declared.aliases()))
                        .toList());
    }
}
