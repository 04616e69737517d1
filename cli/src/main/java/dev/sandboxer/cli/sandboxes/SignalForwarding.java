package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Shutdown;
import dev.sandboxer.extension.RunningProcess;
import dev.sandboxer.extension.Signal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a command inside when a signal ends us: it gets the same signal, and is killed unless it ends soon. Begun
 * before the command, so that there is no moment at which it could be left behind.
 */
final class SignalForwarding implements AutoCloseable {
    private static final long PATIENCE_MS = 1000;

    private final CompletableFuture<RunningProcess> started = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Shutdown.Hook hook;

    private SignalForwarding() {
        Shutdown.tellSignals();
        hook = Shutdown.onSignal(this::end);
    }

    static SignalForwarding watched() {
        return new SignalForwarding();
    }

    void of(RunningProcess process) {
        started.complete(process);
    }

    private void end() {
        try {
            var process = started.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
            signal(process, Shutdown.signal());
            if (!ended.await(PATIENCE_MS, TimeUnit.MILLISECONDS)) {
                signal(process, Signal.KILL);
            }
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            // there is no command
        }
    }

    /** To all of its process group; a sandbox or a command that is gone needs none. */
    static void signal(RunningProcess process, @Nullable Signal signal) {
        try {
            process.signal(signal == null ? Signal.TERM : signal, true);
        } catch (RuntimeException e) {
            // it has ended
        }
    }

    /** The command has ended, or was never there. */
    @Override
    public void close() {
        started.cancel(false);
        ended.countDown();
        hook.cancel();
    }
}
