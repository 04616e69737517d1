package dev.sandboxer.cli.command;

/** A command that only holds subcommands. */
public abstract class CommandGroup extends Command {
    protected CommandGroup(Context context, String about, CommandEntry... commands) {
        super(context, about);
        syntax.commands(context, commands);
    }

    /** Prints the help, because no subcommand was given. */
    @Override
    public final Integer call() {
        return syntax.usage();
    }
}
