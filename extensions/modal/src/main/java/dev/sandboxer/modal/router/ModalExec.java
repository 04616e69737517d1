package dev.sandboxer.modal.router;

import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.support.Command;
import dev.sandboxer.extension.support.Exec;
import dev.sandboxer.extension.support.Execution;
import dev.sandboxer.protocol.modal.ClientProto.PTYInfo;
import dev.sandboxer.protocol.modal.RouterProto.StderrConfig;
import dev.sandboxer.protocol.modal.RouterProto.StdoutConfig;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStartRequest;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.util.UUID;

/**
 * Runs commands in one sandbox. Each start has an id that this class chooses, so sending the start again doesn't start the command twice.
 * Modal takes 64 KiB of arguments; the caller passes longer ones through input or a file.
 */
record ModalExec(RouterChannel router) implements Exec {
    private static final String ACTION = "starting a command";

    /** The PTY type for a shell, as Modal's own client sends it. */
    private static final int SHELL_TERMINAL = 2;

    @Override
    public Execution start(Command command) {
        var id = UUID.randomUUID().toString();
        try {
            router.call(
                    Context.ROOT,
                    TaskCommandRouterGrpc.getTaskExecStartMethod(),
                    task -> request(task, id, command),
                    router.client().timeouts().response(),
                    ACTION);
        } catch (StatusRuntimeException e) {
            throw router.failure(e, ACTION);
        }
        return ModalExecution.begin(router, id, command);
    }

    private static TaskExecStartRequest request(String task, String id, Command command) {
        var request = TaskExecStartRequest.newBuilder()
                .setTaskId(task)
                .setExecId(id)
                .addAllCommandArgs(command.argv())
                .setStdoutConfig(StdoutConfig.STDOUT_PIPE)
                .setStderrConfig(StderrConfig.STDERR_PIPE);
        var limit = command.limit();
        if (limit != null) { // whole seconds, rounded up
            request.setTimeoutSecs((int) limit.plusSeconds(1).minusNanos(1).toSeconds());
        }
        var pty = command.pty();
        if (pty != null) {
            request.setPtyInfo(ptyInfo(pty));
        }
        return request.build();
    }

    private static PTYInfo ptyInfo(PtySize size) {
        return PTYInfo.newBuilder()
                .setEnabled(true)
                .setWinszRows(size.rows())
                .setWinszCols(size.columns())
                .setEnvTerm("xterm-256color")
                .setPtyType(SHELL_TERMINAL)
                .setNoTerminateOnIdleStdin(true)
                .build();
    }
}
