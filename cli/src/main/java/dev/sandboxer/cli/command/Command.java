package dev.sandboxer.cli.command;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.util.concurrent.Callable;

/** A command of the command line. */
public abstract class Command implements Callable<Integer> {
    protected final Installation installation;
    protected final Console console;
    protected final Syntax syntax;

    @SuppressWarnings("this-escape") // picocli only stores it and calls it later
    protected Command(Context context, String about) {
        installation = context.installation();
        console = context.console();
        syntax = new Syntax(this, about);
        syntax.help();
    }

    /** Returns the installation, which is opened on first use. */
    protected Sandboxer sandboxer() {
        return installation.sandboxer();
    }

    /** Returns the consumer whose sandboxes the command works on. */
    protected String consumer() {
        return Sandboxer.LOCAL_CONSUMER;
    }

    protected Sandbox sandbox(String idOrPrefix) {
        return sandboxer().sandboxes().get(consumer(), idOrPrefix);
    }

    /** Returns true if users may type a key here by mistake. Errors then repeat no argument. */
    protected boolean takesKeys() {
        return false;
    }
}
