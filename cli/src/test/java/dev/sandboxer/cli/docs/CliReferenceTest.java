package dev.sandboxer.cli.docs;

import dev.sandboxer.cli.CommandModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** docs/reference/cli.md and the man page agree with the commands. */
class CliReferenceTest {
    private static final int WIDTH = 100;

    private final CommandLine program = CommandModel.load();

    @Test
    void the_reference_has_the_help_of_every_command() throws IOException {
        var page = new StringBuilder("""
                # Command line

                Every command with its options, as `sandboxer COMMAND --help` prints them.

                Exit status: that of the command inside for `run` and `exec`; otherwise 0 for success, 125 if sand-boxer failed, 2 for a wrong
                command line. `make docs` generates this page from the commands; it documents [E1] of the capability registry.

                """);
        for (CommandLine command : commands(program)) {
            command.setUsageHelpAutoWidth(false);
            command.setUsageHelpWidth(WIDTH);
            page.append("## ").append(command.getCommandSpec().qualifiedName()).append("\n\n```text\n");
            command.getUsageMessage(Ansi.OFF)
                    .lines()
                    .forEach(line -> page.append(line.stripTrailing()).append('\n'));
            page.append("```\n\n");
        }
        new GeneratedFile("docs/reference/cli.md").holds(page.toString().stripTrailing() + "\n");
    }

    @Test
    void the_man_page_has_every_command_and_option() throws IOException {
        new GeneratedFile("cli/src/dist/man/sandboxer.1").holds(new ManPage(program, commands(program)).text());
    }

    /** Returns a command and its visible subcommands in the order of the help. */
    private static List<CommandLine> commands(CommandLine command) {
        var all = new ArrayList<CommandLine>();
        all.add(command);
        command.getSubcommands().values().stream()
                .distinct() // an alias is an entry of its own
                .filter(each -> !each.getCommandSpec().usageMessage().hidden())
                .forEach(each -> all.addAll(commands(each)));
        return all;
    }
}
