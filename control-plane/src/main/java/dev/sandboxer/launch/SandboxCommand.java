package dev.sandboxer.launch;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.observe.Countdown;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Runs commands in a sandbox to their end. */
public final class SandboxCommand {
    /** How often the caller is asked whether it still wants the result. */
    private static final Duration POLL = Duration.ofMillis(500);

    private SandboxCommand() {}

    /** How a command ended. */
    public enum End {
        SUCCEEDED,
        FAILED,
        /** It exceeded its time limit, and was killed. */
        LATE,
        /** The caller no longer wanted its result, so it was killed. */
        UNWANTED
    }

    /**
     * The result of a command.
     *
     * @param status its exit code as a shell reports it; meaningless unless it succeeded or failed
     */
    public record Result(End end, int status) {}

    /**
     * Runs a command to its end. At the time limit, or when its result is no longer wanted, kills it with its process group.
     *
     * @param wanted called about every 500 ms; false kills the command
     * @param output receives what the command prints to stdout and stderr
     */
    public static Result run(
            Session session, ProcessSpec spec, Duration limit, BooleanSupplier wanted, Consumer<byte[]> output)
            throws InterruptedException {
        var time = new Countdown(limit);
        try (var process = session.processes().start(spec)) {
            while (true) {
                var left = time.left();
                var event = process.next(left.compareTo(POLL) < 0 ? left : POLL);
                switch (event) {
                    case ProcessEvent.Exited exited -> {
                        return new Result(exited.status() == 0 ? End.SUCCEEDED : End.FAILED, exited.status());
                    }
                    case ProcessEvent.Output printed -> output.accept(printed.bytes());
                    case null -> {
                        // nothing happened
                    }
                }
                if (time.isOver() || !wanted.getAsBoolean()) {
                    kill(process);
                    return new Result(time.isOver() ? End.LATE : End.UNWANTED, 0);
                }
            }
        }
    }

    private static void kill(RunningProcess process) {
        try {
            process.signal(Signal.KILL, true);
        } catch (OperationException e) {
            // it has just ended
        }
    }
}
