package dev.sandboxer.http.modal.router;

import com.google.protobuf.ByteString;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.modal.router.exec.Command;
import dev.sandboxer.http.modal.router.exec.Execution;
import dev.sandboxer.http.modal.router.exec.Executions;
import dev.sandboxer.http.modal.router.exec.ExitStatus;
import dev.sandboxer.http.modal.router.exec.ProcessCommand;
import dev.sandboxer.http.modal.router.exec.Streams;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.protocol.modal.ClientProto.PTYInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The main process of each sandbox that has one: the command that it was made with. Only the end of its output is kept, and it never
 * waits for a reader. Thread-safe.
 */
public final class MainProcesses {
    /** No client's id looks like this. */
    private static final String ID = ".main";

    /** The process's name in its sandbox, to find it by after a restart of this server. */
    private static final String TAG = "modal-main";

    private final Sandboxes sandboxes;
    private final Executions executions;

    MainProcesses(Sandboxes sandboxes, Executions executions) {
        this.sandboxes = sandboxes;
        this.executions = executions;
    }

    /**
     * Starts it, in the working directory that the sandbox's metadata names, and returns once it runs.
     *
     * @param pty null = pipes
     * @param onExit told once when it has ended, on a thread that may take its time
     * @throws SandboxException as the sandbox refuses it
     * @throws StatusRuntimeException {@code INVALID_ARGUMENT}
     */
    public void start(Sandbox sandbox, List<String> argv, @Nullable PTYInfo pty, Consumer<ExitStatus> onExit)
            throws InterruptedException {
        ExecRequests.checkCommand(argv);
        var spec = ExecRequests.process(argv, sandbox, pty).tag(TAG);
        if (pty != null) {
            spec.env(ExecRequests.variables(pty));
        }
        begin(sandbox, ProcessCommand.start(sandboxes, sandbox, spec.build()), onExit);
    }

    /**
     * Follows one that another server, or this one before its restart, has started. Does nothing when it is followed already.
     *
     * @throws SandboxException {@code OPERATION_REFUSED} when it doesn't run any more
     */
    public void follow(Sandbox sandbox, Consumer<ExitStatus> onExit) throws InterruptedException {
        if (find(sandbox.id()).isEmpty()) {
            begin(sandbox, ProcessCommand.attach(sandboxes, sandbox, TAG), onExit);
        }
    }

    private void begin(Sandbox sandbox, Command command, Consumer<ExitStatus> onExit) throws InterruptedException {
        executions
                .start(sandbox, new Executions.Request(ID, "", Streams.BOTH, command, true))
                .onExit(onExit);
    }

    /** The main process of a sandbox, while it runs and for some minutes after that; empty also when it never had one. */
    public Optional<Execution> find(SandboxId sandbox) {
        return executions.find(sandbox, ID);
    }

    /**
     * Adds to its standard input.
     *
     * @param offset of the first of the bytes, from the beginning of the input
     * @param eof whether it is the end
     * @throws StatusRuntimeException {@code FAILED_PRECONDITION} when there is no such process, or as {@link
     *     dev.sandboxer.http.modal.router.exec.StdinPipe.Turn#write}
     */
    public void write(SandboxId sandbox, long offset, ByteString bytes, boolean eof) throws InterruptedException {
        var turn = find(sandbox)
                .orElseThrow(() -> Status.FAILED_PRECONDITION
                        .withDescription("the sandbox was made without a command, which alone could read this")
                        .asRuntimeException())
                .stdin()
                .begin();
        turn.write(offset, bytes);
        if (eof) {
            turn.close();
        }
    }
}
