package dev.sandboxer.http.modal.router.exec;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.observe.Countdown;
import dev.sandboxer.observe.VirtualThreads;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A process in a sandbox. */
public record ProcessCommand(Sandboxes sandboxes, Sandbox sandbox, ProcessSpec spec) implements Command {
    /** How much later than its backend we end a process whose time is up. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    @Override
    public ExitStatus run(CommandStreams streams) throws InterruptedException {
        return sandboxes.use(sandbox, session -> {
            try (var process = session.processes().start(spec)) {
                streams.started();
                VirtualThreads.start("modal-stdin-" + process.pid(), () -> feed(process, streams.stdin()));
                return follow(process, streams);
            }
        });
    }

    /**
     * Hands on its input. On a thread of its own, since a process that doesn't read lets it wait; the end of the process ends it.
     */
    private static void feed(RunningProcess process, StdinPipe stdin) {
        try {
            for (var piece = stdin.take(); piece != null; piece = stdin.take()) {
                process.writeInput(piece.toByteArray(), 0, piece.size());
            }
            if (!stdin.isEnded()) {
                process.closeInput();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExtensionException | OperationException e) {
            // whoever follows the process sees why
        }
    }

    private ExitStatus follow(RunningProcess process, CommandStreams streams) throws InterruptedException {
        var timeout = spec.timeout();
        var time = timeout == null ? null : new Countdown(timeout.plus(GRACE));
        while (true) {
            var event = process.next(left(time));
            switch (event) {
                case null -> {
                    if (time != null && time.isOver()) {
                        process.signal(Signal.KILL, true);
                        return ExitStatus.KILLED;
                    }
                }
                case ProcessEvent.Output(var channel, var bytes) -> {
                    if (channel == ProcessEvent.Channel.STDERR) {
                        streams.stderr(bytes);
                    } else {
                        streams.stdout(bytes);
                    }
                }
                case ProcessEvent.Exited exited -> {
                    return status(exited);
                }
            }
        }
    }

    private static @Nullable Duration left(@Nullable Countdown time) {
        return time == null ? null : time.left();
    }

    private static ExitStatus status(ProcessEvent.Exited exited) {
        if (exited.timedOut()) {
            return ExitStatus.KILLED;
        }
        return exited.signal() == 0 ? new ExitStatus.Code(exited.code()) : new ExitStatus.Signal(exited.signal());
    }
}
