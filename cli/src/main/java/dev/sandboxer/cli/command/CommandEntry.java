package dev.sandboxer.cli.command;

import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A command by its names, constructed only when it is needed.
 *
 * @param names the name, then aliases
 */
public record CommandEntry(List<String> names, Function<Context, Command> command) {
    /** @param names such as {@code ls, list} */
    public CommandEntry(String names, Function<Context, Command> command) {
        this(List.of(names.split(", ")), command);
    }

    public void addTo(CommandSpec parent, Context context) {
        var spec = command.apply(context).syntax.spec();
        spec.aliases(names.subList(1, names.size()).toArray(String[]::new));
        parent.addSubcommand(names.getFirst(), spec);
    }
}
