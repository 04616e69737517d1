package dev.sandboxer.cli.command;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.lifecycle.Sandbox;
import java.util.concurrent.Callable;

/** What all commands have. */
public abstract class Command implements Callable<Integer> {
    protected final Installation installation;
    protected final Console console;
    protected final Syntax syntax;

    @SuppressWarnings("this-escape") // it is kept there, and called much later
    protected Command(Context context, String about) {
        installation = context.installation();
        console = context.console();
        syntax = new Syntax(this, about);
        syntax.help();
    }

    /** The open installation; opened on first use. */
    protected Sandboxer sandboxer() {
        return installation.sandboxer();
    }

    /** Whose sandboxes it is about. */
    protected String consumer() {
        return Sandboxer.LOCAL_CONSUMER;
    }

    protected Sandbox sandbox(String idOrPrefix) {
        return sandboxer().sandboxes().get(consumer(), idOrPrefix);
    }

    /** Whether keys may be typed after it by mistake: then an error repeats nothing of the command line. */
    protected boolean takesKeys() {
        return false;
    }
}
