package dev.sandboxer.cli.command;

import dev.sandboxer.extension.session.Signal;
import java.util.EnumSet;
import java.util.Set;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * The signals that this process catches. Without a receiver, a terminating signal ends this process after its shutdown hooks, and other
 * signals are ignored. Thread-safe.
 */
public final class CaughtSignals {
    /** Signals that are sent to end a process. */
    private static final Set<Signal> ENDING = EnumSet.of(Signal.HUP, Signal.INT, Signal.QUIT, Signal.TERM);

    /** Signals that can't be caught, and ABRT, which reports a defect of this process. */
    private static final EnumSet<Signal> LEFT_ALONE = EnumSet.of(Signal.KILL, Signal.STOP, Signal.ABRT);

    private static boolean begun;
    private static volatile @Nullable Receiver receiver;

    private CaughtSignals() {}

    /** Receives signals, each in a thread of its own. */
    public interface Receiver {
        void receive(Signal signal);
    }

    /** Begins to catch signals. Call it before starting work that a signal must be able to end. */
    public static synchronized void begin() {
        if (begun) {
            return;
        }
        begun = true;
        for (var signal : EnumSet.complementOf(LEFT_ALONE)) {
            if (signal == Signal.QUIT) {
                QuitSignal.watch(() -> receive(signal));
            } else {
                Signals.register(signal.name(), () -> receive(signal));
            }
        }
    }

    /** Sets the receiver of all later signals; null = no receiver. */
    public static void deliverTo(@Nullable Receiver taker) {
        receiver = taker;
    }

    /** Returns true if the signal is sent to end a process. */
    public static boolean ends(Signal signal) {
        return ENDING.contains(signal);
    }

    /** Ends this process with the exit status of the signal. Its shutdown hooks run. */
    public static void endBy(Signal signal) {
        System.exit(128 + signal.number());
    }

    private static void receive(Signal signal) {
        var taker = receiver;
        if (taker != null) {
            taker.receive(signal);
        } else if (ends(signal)) {
            endBy(signal);
        }
        if (signal == Signal.TSTP) {
            Stop.self();
        }
    }
}
