package dev.sandboxer.e2b.envd;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.support.Command;
import dev.sandboxer.extension.support.Exec;
import dev.sandboxer.extension.support.Execution;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Runs commands for what E2B's API has no call for. They are processes like others, with a tag that keeps them from being listed.
 *
 * @param user null = the template's default user
 */
record E2bExec(E2bProcesses processes, @Nullable String user) implements Exec {
    static E2bExec ofRoot(E2bProcesses processes) {
        return new E2bExec(processes, "root");
    }

    @Override
    public Execution start(Command command) {
        var spec = ProcessSpec.builder(command.argv())
                .cwd("/")
                .stdin(command.stdin())
                .pty(command.pty())
                .tag(ProcessMessages.ASIDE)
                .timeout(command.limit())
                .build();
        return new Running(processes, processes.start(spec, user));
    }

    @Override
    public void kill(int pid) {
        try {
            processes.signal(ProcessSelector.pid(pid), Signal.KILL, false);
        } catch (ExtensionException | OperationException e) {
            // it has ended, or the whole sandbox has
        }
    }

    private record Running(E2bProcesses processes, E2bProcess process) implements Execution {
        @Override
        public @Nullable ProcessEvent next(@Nullable Duration timeout) throws InterruptedException {
            return process.next(timeout);
        }

        /** The process itself would drop what it doesn't take. */
        @Override
        public void writeInput(byte[] bytes, int offset, int length) {
            var piece = Arrays.copyOfRange(bytes, offset, offset + length);
            processes.writeInput(ProcessSelector.pid(process.pid()), piece);
        }

        @Override
        public void closeInput() {
            process.closeInput();
        }

        /** envd ends the input of a process that has ended, and whoever lets go of another ends it first. */
        @Override
        public void close() {
            process.close();
        }
    }
}
