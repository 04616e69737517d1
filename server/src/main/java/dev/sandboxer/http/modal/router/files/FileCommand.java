package dev.sandboxer.http.modal.router.files;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.http.modal.router.exec.Command;
import dev.sandboxer.http.modal.router.exec.CommandStreams;
import dev.sandboxer.http.modal.router.exec.ExitStatus;
import dev.sandboxer.http.modal.router.exec.Output;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.io.IOException;
import java.io.InterruptedIOException;

/** One run of the file tool: a command that works on the sandbox's files without a process. */
final class FileCommand implements Command {
    private final Sandboxes sandboxes;
    private final Sandbox sandbox;
    private final Operation operation;

    FileCommand(Sandboxes sandboxes, Sandbox sandbox, Operation operation) {
        this.sandboxes = sandboxes;
        this.sandbox = sandbox;
        this.operation = operation;
    }

    /** The work of a run. */
    interface Operation {
        /**
         * Does the work.
         *
         * @throws FileFailure or {@link OperationException} when the sandbox refuses it
         */
        void run(SandboxFiles files, CommandStreams streams) throws IOException, InterruptedException;

        /** See {@link Command#stdout}. */
        default Output stdout(Output written, Sandboxes sandboxes, Sandbox sandbox) {
            return written;
        }
    }

    @Override
    public ExitStatus run(CommandStreams streams) throws InterruptedException {
        try {
            sandboxes.use(sandbox, session -> {
                operate(session.files(), streams);
                return true;
            });
            return new ExitStatus.Code(0);
        } catch (FileFailure e) {
            streams.stderr(e.json());
            return new ExitStatus.Code(1);
        }
    }

    private void operate(SandboxFiles files, CommandStreams streams) throws InterruptedException {
        try {
            operation.run(files, streams);
        } catch (OperationException e) {
            throw FileFailure.of(e);
        } catch (InterruptedIOException e) {
            throw new InterruptedException(e.getMessage());
        } catch (IOException e) {
            throw new FileFailure(FileFailure.IO, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Output stdout(Output written) {
        return operation.stdout(written, sandboxes, sandbox);
    }
}
