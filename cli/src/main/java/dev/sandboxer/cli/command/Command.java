package dev.sandboxer.cli.command;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.util.concurrent.Callable;

/** A command: its syntax, and what it works with. */
public abstract class Command implements Callable<Integer> {
    protected final Installation installation;
    protected final Console console;
    protected final Syntax syntax;

    @SuppressWarnings("this-escape") // picocli keeps it and calls it much later
    protected Command(Context context, String about) {
        installation = context.installation();
        console = context.console();
        syntax = new Syntax(this, about);
        syntax.help();
    }

    /** The installation, which is opened on first use. */
    protected Sandboxer sandboxer() {
        return installation.sandboxer();
    }

    /** The consumer whose sandboxes the command is about. */
    protected String consumer() {
        return Sandboxer.LOCAL_CONSUMER;
    }

    protected Sandbox sandbox(String idOrPrefix) {
        return sandboxer().sandboxes().get(consumer(), idOrPrefix);
    }

    /** Returns true if somebody may type a key here by mistake; errors then repeat nothing of the command line. */
    protected boolean takesKeys() {
        return false;
    }
}
