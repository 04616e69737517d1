package dev.sandboxer.cli.sandboxes.ports;

import dev.sandboxer.cli.command.CaughtSignals;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Makes ports of a sandbox reachable on this machine, until it ends or a signal comes. */
public final class PortForwardCommand extends ExistingSandboxCommand {
    public static final String LOOPBACK = "127.0.0.1";

    private static final Duration LOOK = Duration.ofSeconds(1);

    /** How many times to check whether a sandbox that is being ended is gone. */
    private static final int MAX_CHECKS = 60;

    /** How often we look before we record the end of a sandbox ourselves: the process that ends it usually does. */
    private static final int LOOKS_BEFORE_NOTE = 3;

    private final Supplier<String> address = syntax.option(
            "--address",
            "ADDRESS",
            "Where to listen (default: ${DEFAULT-VALUE}); localhost is ::1 too, 0.0.0.0 everywhere.",
            LOOPBACK);
    private final Supplier<String> id = syntax.argument("SANDBOX", "Name, id or id prefix.");
    private final Supplier<List<String>> ports =
            syntax.arguments("PORT", "[[ADDRESS:]HERE:]INSIDE, e.g. 8000, 9000:8000, or 0:8000 for any that is free.");

    public PortForwardCommand(Context context) {
        super(context, "Make ports of a sandbox reachable on this machine.");
        syntax.footer("Prints where each is, then forwards until Ctrl-C (exit code 130) or the sandbox's end (125).");
    }

    @Override
    public Integer call() {
        CaughtSignals.begin();
        try (var published = PublishedPorts.take(ports.get(), address.get())) {
            var sandbox = sandbox(id.get());
            sandbox.requireRunning();
            require(sandbox);
            published.warn(console);
            return sandboxer().sandboxes().use(sandbox, session -> {
                var forwarder = published.forward(session, console);
                published.lines().forEach(console::print);
                console.flush();
                throw watch(sandbox, session, forwarder);
            });
        }
    }

    private void require(Sandbox sandbox) {
        if (!sandboxer().extensions().get(sandbox.extension()).capabilities().contains(Capability.PORTS)) {
            throw new SandboxException(
                    ErrorCode.UNSUPPORTED, sandbox.extension() + " can't reach the ports of its sandboxes");
        }
    }

    /**
     * Returns why it is over, once it is.
     *
     * @throws ExtensionException {@code GONE} when nobody else has noted that it has ended
     */
    private SandboxException watch(Sandbox begun, Session session, PortForwarder forwarder) {
        var seen = begun;
        var patience = MAX_CHECKS;
        try {
            while (true) {
                var doubtful = forwarder.awaitDoubt(LOOK);
                var now = current(seen);
                if (now.state().ended() || patience == 0) {
                    return now.hasEnded();
                }
                if (now.state() == SandboxState.PAUSED && seen.state() != SandboxState.PAUSED) {
                    console.note("sandbox " + now.id() + " is paused; connections go on when it is resumed");
                }
                seen = now;
                switch (now.state()) {
                    case STOPPING -> patience--; // the process that ends it records why
                    case RUNNING -> {
                        var ending = doubtful || patience < MAX_CHECKS || isOverdue(now);
                        patience = ending && isGone(session, patience) ? patience - 1 : MAX_CHECKS;
                    }
                    default -> patience = MAX_CHECKS;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new SandboxException(ErrorCode.INTERNAL, "interrupted", e);
        }
    }

    /** A database that doesn't answer for a while is no reason to hang up. */
    private Sandbox current(Sandbox seen) {
        try {
            return sandboxer().sandboxes().find(seen.id()).orElseThrow(seen::hasEnded);
        } catch (SandboxException e) {
            if (e.code().retryHelps()) {
                return seen;
            }
            throw e;
        }
    }

    /** Returns true if the sandbox's deadline has passed. Then its backend has ended it, even if the row doesn't say so yet. */
    private boolean isOverdue(Sandbox sandbox) {
        return sandboxer().clock().instant().isAfter(sandbox.deadline());
    }

    /**
     * Returns true if the backend no longer has the sandbox.
     *
     * @param patience the checks that are left
     * @throws ExtensionException {@code GONE}, by which the caller records the end, if several checks have found no recorded end
     */
    private static boolean isGone(Session session, int patience) {
        try {
            session.processes().list();
            return false;
        } catch (ExtensionException e) {
            if (e.kind() != ExtensionException.Kind.GONE) {
                return false;
            }
            if (patience > MAX_CHECKS - LOOKS_BEFORE_NOTE) {
                return true;
            }
            throw e;
        }
    }
}
