package dev.sandboxer.cli.command;

import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The names of a command and its constructor, which is called only when the command is needed.
 *
 * @param names the name, then aliases
 */
public record CommandEntry(List<String> names, Function<Context, Command> command) {
    /**
     * Creates an entry.
     *
     * @param names separated by commas, such as {@code ls, list}
     */
    public CommandEntry(String names, Function<Context, Command> command) {
        this(List.of(names.split(", ")), command);
    }

    public void addTo(CommandSpec parent, Context context) {
        var spec = command.apply(context).syntax.spec();
        spec.aliases(names.subList(1, names.size()).toArray(String[]::new));
        parent.addSubcommand(names.getFirst(), spec);
    }
}
