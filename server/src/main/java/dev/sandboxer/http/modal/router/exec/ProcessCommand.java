package dev.sandboxer.http.modal.router.exec;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.observe.Countdown;
import dev.sandboxer.observe.VirtualThreads;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A process in a sandbox. */
public final class ProcessCommand implements Command {
    /** How long a backend may take to end a process whose time is up before this server ends it. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Sandboxes sandboxes;
    private final Sandbox sandbox;
    private final Function<Processes, RunningProcess> open;
    private final @Nullable Duration timeout;

    private ProcessCommand(
            Sandboxes sandboxes,
            Sandbox sandbox,
            Function<Processes, RunningProcess> open,
            @Nullable Duration timeout) {
        this.sandboxes = sandboxes;
        this.sandbox = sandbox;
        this.open = open;
        this.timeout = timeout;
    }

    /** Returns a command that starts a process. */
    public static ProcessCommand start(Sandboxes sandboxes, Sandbox sandbox, ProcessSpec spec) {
        return new ProcessCommand(sandboxes, sandbox, processes -> processes.start(spec), spec.timeout());
    }

    /** Returns a command that follows a running process: its output from now on, and its end. */
    public static ProcessCommand attach(Sandboxes sandboxes, Sandbox sandbox, String tag) {
        return new ProcessCommand(sandboxes, sandbox, processes -> processes.attach(ProcessSelector.tag(tag)), null);
    }

    @Override
    public ExitStatus run(CommandStreams streams) throws InterruptedException {
        return sandboxes.use(sandbox, session -> {
            try (var process = open.apply(session.processes())) {
                streams.started();
                VirtualThreads.start("modal-stdin-" + process.pid(), () -> feed(process, streams.stdin()));
                return follow(process, streams);
            }
        });
    }

    /**
     * Passes input to the process. Runs on a thread of its own, since it waits while the process doesn't read; it ends with the process.
     */
    private static void feed(RunningProcess process, StdinPipe stdin) {
        try {
            for (var piece = stdin.take(); piece != null; piece = stdin.take()) {
                process.writeInput(piece.toByteArray(), 0, piece.size());
            }
            if (!stdin.hasCommandEnded()) {
                process.closeInput();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExtensionException | OperationException e) {
            // follow() reports the cause
        }
    }

    private ExitStatus follow(RunningProcess process, CommandStreams streams) throws InterruptedException {
        var time = timeout == null ? null : new Countdown(timeout.plus(GRACE));
        while (true) {
            switch (process.next(time == null ? null : time.left())) {
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

    private static ExitStatus status(ProcessEvent.Exited exited) {
        if (exited.timedOut()) {
            return ExitStatus.KILLED;
        }
        return exited.signal() == 0 ? new ExitStatus.Code(exited.code()) : new ExitStatus.Signal(exited.signal());
    }
}
