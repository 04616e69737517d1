package dev.sandboxer.cli.sandboxes.process;

import dev.sandboxer.cli.command.Shutdown;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.cli.terminal.Terminal;
import dev.sandboxer.cli.terminal.WindowSize;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.session.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Connects a command in a sandbox with this process's input, output, terminal and signals until the command ends. */
record AttachedProcess(Console console, ProcessOptions options) {
    /**
     * Runs a command with the options of the command line.
     *
     * @return the command's exit code; 128 + signal when a signal ended it
     */
    int run(Session session, List<String> command) {
        return run(session, options.spec(command));
    }

    /**
     * Runs a process.
     *
     * @return its exit code; 128 + signal when a signal ended it
     */
    int run(Session session, ProcessSpec spec) {
        console.flush();
        try (var forwarding = SignalForwarding.start(options.hasTerminal());
                var process = session.processes().start(spec)) {
            forwarding.attach(process);
            if (spec.stdin()) {
                Thread.ofPlatform().daemon().name("stdin").start(() -> passInput(process));
            }
            if (!options.needsRawTerminal()) {
                return forwarding.status(passOutput(process, spec.timeout()));
            }
            try (var terminal = Terminal.raw()) {
                var restore = Shutdown.onSignal(terminal::close);
                WindowSize.follow(process);
                var status = passOutput(process, spec.timeout());
                restore.cancel();
                return forwarding.status(status);
            }
        }
    }

    private int passOutput(RunningProcess process, @Nullable Duration limit) {
        try {
            while (true) {
                switch (process.next(null)) {
                    case ProcessEvent.Output(var channel, var bytes) ->
                        console.passThrough(channel == ProcessEvent.Channel.STDERR, bytes);
                    case ProcessEvent.Exited exited -> {
                        if (exited.timedOut() && limit != null) {
                            console.note("the command was killed after " + Durations.format(limit));
                        }
                        if (exited.outOfMemory()) {
                            console.note(
                                    "the sandbox ran out of memory and a process was killed; give it more with --memory");
                        }
                        return exited.status();
                    }
                    case null -> throw new IllegalStateException("no event although no timeout was set");
                }
            }
        } catch (UncheckedIOException e) {
            // the output has no reader any more
            SignalForwarding.send(process, Signal.KILL);
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException(ErrorCode.INTERNAL, "interrupted", e);
        }
    }

    private void passInput(RunningProcess process) {
        var buffer = new byte[16 << 10];
        try {
            for (int count = console.in().read(buffer);
                    count >= 0;
                    count = console.in().read(buffer)) {
                process.writeInput(buffer, 0, count);
            }
        } catch (IOException e) {
            // a failed input counts as ended
        }
        process.closeInput();
    }
}
