package dev.sandboxer.cli.command;

/** A command that is nothing without one of its subcommands. */
public abstract class CommandGroup extends Command {
    protected CommandGroup(Context context, String about, CommandEntry... commands) {
        super(context, about);
        syntax.commands(context, commands);
    }

    /** Which there are. */
    @Override
    public final Integer call() {
        return syntax.usage();
    }
}
