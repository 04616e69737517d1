package dev.sandboxer.cli;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.util.concurrent.Callable;

/** What all commands have. */
abstract class SandboxerCommand implements Callable<Integer> {
    final Installation installation;
    final Console console;
    final Syntax syntax;

    SandboxerCommand(Context context, String about) {
        installation = context.installation();
        console = context.console();
        syntax = new Syntax(this, about);
        syntax.help();
    }

    /** The open installation; opened on first use. */
    Sandboxer sandboxer() {
        return installation.sandboxer();
    }

    /** Whose sandboxes it is about. */
    String consumer() {
        return Sandboxer.LOCAL_CONSUMER;
    }

    Sandbox sandbox(String idOrPrefix) {
        return sandboxer().sandboxes().get(consumer(), idOrPrefix);
    }
}
