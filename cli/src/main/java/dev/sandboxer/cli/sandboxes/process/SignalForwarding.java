package dev.sandboxer.cli.sandboxes.process;

import dev.sandboxer.cli.command.CaughtSignals;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Passes the signals that this process gets on to the command in the sandbox. After a signal that ends processes, the command is
 * killed if it does not end within a grace period. Start the forwarding before the command, so that no signal is lost.
 */
final class SignalForwarding implements AutoCloseable {
    /** Time that the command has to end by itself after a signal. */
    private static final long GRACE_MS = Long.getLong("sandboxer.signal.grace.ms", 10_000);

    /** Longest wait for a command to start, or to end once it is killed. */
    private static final long TIMEOUT_MS = 5000;

    private final CompletableFuture<RunningProcess> started = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final boolean hasTerminal;
    private volatile @Nullable Signal overdue;

    private SignalForwarding(boolean hasTerminal) {
        this.hasTerminal = hasTerminal;
    }

    /**
     * Begins to receive the signals of this process.
     *
     * @param hasTerminal true if the command has a terminal; its size is then passed on by other means than SIGWINCH
     */
    static SignalForwarding start(boolean hasTerminal) {
        var forwarding = new SignalForwarding(hasTerminal);
        CaughtSignals.begin();
        CaughtSignals.deliverTo(forwarding::receive);
        return forwarding;
    }

    void attach(RunningProcess process) {
        started.complete(process);
    }

    /**
     * Returns the exit status of this process.
     *
     * @param commandStatus returned unless the command had to be killed after a signal
     */
    int status(int commandStatus) {
        var signal = overdue;
        return signal == null ? commandStatus : 128 + signal.number();
    }

    private void receive(Signal signal) {
        if (signal == Signal.WINCH && hasTerminal) {
            return;
        }
        try {
            var process = started.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            send(process, signal);
            if (CaughtSignals.ends(signal)) {
                killIfNeeded(process, signal);
            }
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            if (CaughtSignals.ends(signal) && ended.getCount() > 0) { // no command was started
                CaughtSignals.endBy(signal);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Kills the command unless it ends within the grace period; ends this process if the command can't be killed. */
    private void killIfNeeded(RunningProcess process, Signal signal) throws InterruptedException {
        if (!ended.await(GRACE_MS, TimeUnit.MILLISECONDS)) {
            overdue = signal;
            send(process, Signal.KILL);
            if (!ended.await(TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                CaughtSignals.endBy(signal);
            }
        }
    }

    /** Signals the whole process group; does nothing when the sandbox or the command is gone. */
    static void send(RunningProcess process, Signal signal) {
        try {
            process.signal(signal, true);
        } catch (RuntimeException e) {
            // it has ended
        }
    }

    /** Ends the forwarding. Call it when the command has ended or was never started. */
    @Override
    public void close() {
        CaughtSignals.deliverTo(null);
        ended.countDown();
        started.cancel(false);
    }
}
