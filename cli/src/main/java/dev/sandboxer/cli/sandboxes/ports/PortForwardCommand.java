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

/** Forwards ports of this machine to a sandbox until the sandbox ends or a signal arrives. */
public final class PortForwardCommand extends ExistingSandboxCommand {
    public static final String LOOPBACK = "127.0.0.1";

    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Maximum number of checks for the end of a sandbox that is stopping or seems to be gone. */
    private static final int MAX_CHECKS = 60;

    /** Number of checks before this process records the end of a sandbox. Usually the process that ends it has recorded it by then. */
    private static final int LOOKS_BEFORE_NOTE = 3;

    private final Supplier<String> address = syntax.option(
            "--address",
            "ADDRESS",
            "Address to listen on (default: ${DEFAULT-VALUE}); localhost adds ::1, 0.0.0.0 = all.",
            LOOPBACK);
    private final Supplier<String> id = syntax.argument("SANDBOX", "Name, id or id prefix.");
    private final Supplier<List<String>> ports =
            syntax.arguments("PORT", "[[ADDRESS:]HERE:]INSIDE, e.g. 8000, 9000:8000, or 0:8000 for any free port.");

    public PortForwardCommand(Context context) {
        super(context, "Make ports of a sandbox reachable on this machine.");
        syntax.footer("Prints each address, then forwards until Ctrl-C (exit code 130) or the sandbox ends (125).");
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
     * Waits until the sandbox has ended and returns the exception to throw.
     *
     * @throws ExtensionException {@code GONE} when the backend no longer has it and no other process has recorded its end
     */
    private SandboxException watch(Sandbox begun, Session session, PortForwarder forwarder) {
        var seen = begun;
        var patience = MAX_CHECKS;
        try {
            while (true) {
                var doubtful = forwarder.awaitFailure(LOOK);
                var now = current(seen);
                if (now.state().ended() || patience == 0) {
                    return now.hasEnded();
                }
                if (now.state() == SandboxState.PAUSED && seen.state() != SandboxState.PAUSED) {
                    console.note("sandbox " + now.id() + " is paused; connections continue when it is resumed");
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

    /** Returns the current state of the sandbox; the last known one while the database does not answer, so that connections stay open. */
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

    /** Returns true if the sandbox's deadline has passed. Then its backend has ended it, even if the database doesn't show that yet. */
    private boolean isOverdue(Sandbox sandbox) {
        return sandboxer().clock().instant().isAfter(sandbox.deadline());
    }

    /**
     * Returns true if the backend no longer has the sandbox.
     *
     * @param patience number of checks that are left
     * @throws ExtensionException {@code GONE} if no process has recorded the end after several checks; the caller then records it
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
