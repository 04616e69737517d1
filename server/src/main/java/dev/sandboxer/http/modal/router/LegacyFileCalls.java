package dev.sandboxer.http.modal.router;

import com.google.protobuf.ByteString;
import dev.sandboxer.http.modal.router.exec.Output;
import dev.sandboxer.http.modal.router.legacy.LegacyFiles;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFilesystemExecGetOutputRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFilesystemExecRequest;
import dev.sandboxer.protocol.modal.ClientProto.ContainerFilesystemExecResponse;
import dev.sandboxer.protocol.modal.ClientProto.FilesystemRuntimeOutputBatch;
import dev.sandboxer.protocol.modal.ClientProto.SystemErrorMessage;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;

/** The calls of the control plane with which clients before 0.8.0 work on files. */
public final class LegacyFileCalls {
    private static final long AT_END = -1;

    private final LegacyFiles files;
    private final IdleTimeouts idle;

    LegacyFileCalls(LegacyFiles files, IdleTimeouts idle) {
        this.files = files;
        this.idle = idle;
    }

    /** Does what is asked in a running sandbox of the caller's. */
    public ContainerFilesystemExecResponse exec(Sandbox sandbox, ContainerFilesystemExecRequest request) {
        idle.inUse(sandbox);
        var done = files.exec(sandbox, request);
        var answer = ContainerFilesystemExecResponse.newBuilder().setExecId(done.execId());
        if (done.descriptor() != null) {
            answer.setFileDescriptor(done.descriptor());
        }
        return answer.build();
    }

    /**
     * Sends what came of it.
     *
     * @param consumer who asks
     * @throws StatusRuntimeException {@code NOT_FOUND}
     */
    public void output(
            String consumer,
            ContainerFilesystemExecGetOutputRequest request,
            StreamObserver<FilesystemRuntimeOutputBatch> to,
            Function<RuntimeException, ? extends RuntimeException> failure) {
        var result = files.result(consumer, request.getExecId())
                .orElseThrow(() -> Status.NOT_FOUND
                        .withDescription("there is no such request")
                        .asRuntimeException());
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
        Output whole = (offset, sink) -> {
            result.output().transfer(offset, sink);
            sink.accept(AT_END, ByteString.EMPTY);
        };
        OutputStreaming.begin(to, whole, 0, LegacyFileCalls::batch, failure);
    }

    private static FilesystemRuntimeOutputBatch batch(long position, ByteString bytes) {
        var batch = FilesystemRuntimeOutputBatch.newBuilder();
        return position == AT_END
                ? batch.setEof(true).build()
                : batch.addOutput(bytes).build();
    }
}
