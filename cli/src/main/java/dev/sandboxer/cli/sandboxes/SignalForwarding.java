package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Shutdown;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the signal that ends this process to the command inside too, and kills it unless it ends soon. Start it before the
 * command, so that a command is never left behind.
 */
final class SignalForwarding implements AutoCloseable {
    /** How long the command has to end by itself. */
    private static final long GRACE_MS = Long.getLong("sandboxer.signal.grace.ms", 1000);

    private final CompletableFuture<RunningProcess> started = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Shutdown.Hook hook;

    private SignalForwarding() {
        Shutdown.recordSignals();
        hook = Shutdown.onSignal(this::forward);
    }

    static SignalForwarding start() {
        return new SignalForwarding();
    }

    void attach(RunningProcess process) {
        started.complete(process);
    }

    private void forward() {
        try {
            var process = started.get(GRACE_MS, TimeUnit.MILLISECONDS);
            signal(process, Shutdown.signal());
            if (!ended.await(GRACE_MS, TimeUnit.MILLISECONDS)) {
                signal(process, Signal.KILL);
            }
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            // no command was started
        }
    }

    /** Signals the whole process group; does nothing when the sandbox or the command is gone. */
    static void signal(RunningProcess process, @Nullable Signal signal) {
        try {
            process.signal(signal == null ? Signal.TERM : signal, true);
        } catch (RuntimeException e) {
            // it has ended
        }
    }

    /** Call it when the command has ended, or was never started. */
    @Override
    public void close() {
        started.cancel(false);
        ended.countDown();
        hook.cancel();
    }
}
