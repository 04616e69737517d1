package dev.sandboxer.cli;

/** A command that is nothing without one of its subcommands. */
abstract class CommandGroup extends SandboxerCommand {
    CommandGroup(Context context, String about, Entry... commands) {
        super(context, about);
        syntax.commands(context, commands);
    }

    /** Which there are. */
    @Override
    public final Integer call() {
        return syntax.usage();
    }
}
