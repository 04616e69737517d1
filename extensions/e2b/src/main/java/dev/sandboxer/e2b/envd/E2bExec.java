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
 * Runs the commands that replace missing calls of E2B's API. They are ordinary processes with a tag that keeps them out
 * of listings.
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
                .tag(ProcessMessages.INTERNAL_TAG)
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

        /** Writes through {@code processes}, because {@link E2bProcess#writeInput} ignores a process that has ended. */
        @Override
        public void writeInput(byte[] bytes, int offset, int length) {
            var piece = Arrays.copyOfRange(bytes, offset, offset + length);
            processes.writeInput(ProcessSelector.pid(process.pid()), piece);
        }

        @Override
        public void closeInput() {
            process.closeInput();
        }

        /**
         * Leaves the input open. envd closes it when the process ends; a caller that abandons a running process closes
         * it first.
         */
        @Override
        public void close() {
            process.close();
        }
    }
}
