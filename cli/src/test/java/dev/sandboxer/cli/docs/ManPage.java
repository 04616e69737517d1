package dev.sandboxer.cli.docs;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes the man page of a program. */
final class ManPage {
    private final CommandLine program;
    private final List<CommandLine> commands;
    private final StringBuilder text = new StringBuilder();

    /**
     * Prepares a page.
     *
     * @param commands the program itself first, then its subcommands
     */
    ManPage(CommandLine program, List<CommandLine> commands) {
        this.program = program;
        this.commands = commands;
    }

    String text() {
        text.append(".TH SANDBOXER 1 \"\" sand-boxer \"User Commands\"\n");
        section("NAME");
        text.append("sandboxer \\- run commands in short-lived sandboxes, on this machine or in a cloud\n");
        section("SYNOPSIS");
        text.append(".B sandboxer\n.I COMMAND\n[\\fIARGUMENT\\fR]...\n");
        section("DESCRIPTION");
        paragraph(String.join(" ", program.getCommandSpec().usageMessage().description()));
        section("COMMANDS");
        for (CommandLine command : commands.subList(1, commands.size())) {
            command(command.getCommandSpec());
        }
        section("ENVIRONMENT");
        item("SANDBOXER_HOME", "the directory of all data (default: ~/.sandboxer)");
        item("SANDBOXER_DATABASE_URL", "a PostgreSQL database instead of the file in the home");
        item("SANDBOXER_JAVA_HOME", "the JDK to run on, 25 or later");
        paragraph("All variables and all keys of config.yaml are in docs/reference/config.md.");
        section("EXIT STATUS");
        paragraph("run and exec exit with the command's own status. Otherwise the status is 0 for success, 125 for a"
                + " failure of sand-boxer and 2 for a wrong command line.");
        return text.toString();
    }

    private void command(CommandSpec spec) {
        text.append(".SS ").append(escaped(spec.qualifiedName())).append('\n');
        paragraph(String.join(" ", spec.usageMessage().description()));
        if (spec.aliases().length > 0) {
            text.append(".PP\n");
            paragraph("Also called: " + String.join(", ", spec.aliases()));
        }
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            item(parameter.paramLabel(), described(parameter.description(), parameter.defaultValue()));
        }
        for (OptionSpec option : spec.options()) {
            var value = option.typeInfo().isBoolean() ? "" : " " + option.paramLabel();
            item(String.join(", ", option.names()) + value, described(option.description(), option.defaultValue()));
        }
        var footer = String.join(" ", spec.usageMessage().footer())
                .replace("%n", "\n")
                .strip();
        if (!footer.isEmpty()) {
            text.append(".PP\n");
            footer.lines().filter(line -> !line.isBlank()).forEach(line -> {
                paragraph(line);
                text.append(".br\n");
            });
        }
    }

    private static String described(String[] description, String defaultValue) {
        return String.join(" ", description).replace("${DEFAULT-VALUE}", String.valueOf(defaultValue));
    }

    private void section(String name) {
        text.append(".SH ").append(name).append('\n');
    }

    private void item(String name, String about) {
        text.append(".TP\n.B ").append(escaped(name)).append('\n');
        paragraph(about);
    }

    private void paragraph(String words) {
        text.append(escaped(words.replace("%%", "%").replace("%n", " ").strip()))
                .append('\n');
    }

    /** Escapes what the formatter would take for a command and, in hyphens, for a place to break the line. */
    private static String escaped(String words) {
        var line = words.replace("\\", "\\e").replace("-", "\\-").replace('\n', ' ');
        return line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line;
    }
}
