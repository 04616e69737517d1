package dev.sandboxer.http.modal.router;

import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.router.legacy.LegacyFiles;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFilesystemExecGetOutputRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFilesystemExecRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFilesystemExecResponse;
import dev.sandboxer.protocol.modal.ClientProto.FilesystemRuntimeOutputBatch;
import dev.sandboxer.protocol.modal.ClientProto.SystemErrorMessage;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;

/** The control-plane calls with which clients before 0.8.0 work on files. */
public final class LegacyFileCalls {
    private final LegacyFiles files;
    private final IdleTimeouts idle;

    LegacyFileCalls(LegacyFiles files, IdleTimeouts idle) {
        this.files = files;
        this.idle = idle;
    }

    /** Carries out a request in one of the caller's running sandboxes. */
    public ContainerFilesystemExecResponse exec(Sandbox sandbox, ContainerFilesystemExecRequest request) {
        idle.recordUse(sandbox);
        var done = files.exec(sandbox, request);
        var answer = ContainerFilesystemExecResponse.newBuilder().setExecId(done.execId());
        if (done.descriptor() != null) {
            answer.setFileDescriptor(done.descriptor());
        }
        return answer.build();
    }

    /**
     * Sends the result of a request.
     *
     * @param consumer the caller
     * @throws StatusRuntimeException {@code NOT_FOUND}
     */
    public void output(
            String consumer,
            ContainerFilesystemExecGetOutputRequest request,
            StreamObserver<FilesystemRuntimeOutputBatch> to) {
        var result = files.result(consumer, request.getExecId())
                .orElseThrow(() -> ModalErrors.notFound("exec_id not found, or its result is no longer kept"));
        var error = result.error();
        if (error != null) {
            to.onNext(FilesystemRuntimeOutputBatch.newBuilder()
                    .setError(SystemErrorMessage.newBuilder()
                            .setErrorCode(error.number())
                            .setErrorMessage(String.valueOf(error.getMessage())))
                    .build());
            to.onCompleted();
            return;
        }
        OutputStreaming.begin(
                to,
                result.output(),
                0,
                (position, bytes) -> FilesystemRuntimeOutputBatch.newBuilder()
                        .addOutput(bytes)
                        .build(),
                FilesystemRuntimeOutputBatch.newBuilder().setEof(true).build());
    }
}
