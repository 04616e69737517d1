package dev.sandboxer.http.modal.router;

import com.google.protobuf.ByteString;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.router.exec.Execution;
import dev.sandboxer.http.modal.router.exec.Output;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetLogsRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxStdinWriteRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxStdinWriteResponse;
import dev.sandboxer.protocol.modal.ClientProto.TaskLogs;
import dev.sandboxer.protocol.modal.ClientProto.TaskLogsBatch;
import dev.sandboxer.protocol.modal.RouterProto.SandboxStdinWriteV2Request;
import dev.sandboxer.protocol.modal.RouterProto.SandboxStdinWriteV2Response;
import dev.sandboxer.protocol.modal.RouterProto.SandboxStdioReadV2Request;
import dev.sandboxer.protocol.modal.RouterProto.SandboxStdioReadV2Response;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The calls about the input and output of main processes. A sandbox without a main process has an empty output. In the first generation,
 * output is text in batches; the id of a batch is {@code OFFSET-0}, with the offset of the byte after it.
 */
public final class MainProcessCalls {
    private static final Pattern ENTRY = Pattern.compile("([0-9]{1,18})-0");

    private final MainProcesses mains;
    private final IdleTimeouts idle;

    MainProcessCalls(MainProcesses mains, IdleTimeouts idle) {
        this.mains = mains;
        this.idle = idle;
    }

    /** Sends the output of a sandbox of the first generation, until its end. */
    public void logs(Sandbox sandbox, SandboxGetLogsRequest request, StreamObserver<TaskLogsBatch> to)
            throws InterruptedException {
        Function<Execution, Output> stream = switch (request.getFileDescriptor()) {
            case FD_STDOUT -> Execution::stdout;
            case FD_STDERR -> Execution::stderr;
            case FD_UNSPECIFIED, FD_INFO, UNRECOGNIZED -> throw unknown(request.getFileDescriptorValue());
        };
        OutputStreaming.begin(
                to,
                new WholeCharacters(mains.of(sandbox).map(stream).orElse(Output.EMPTY)),
                offset(request.getLastEntryId()),
                MainProcessCalls::batch,
                TaskLogsBatch.newBuilder().setEof(true).build());
    }

    private static TaskLogsBatch batch(long position, ByteString bytes) {
        return TaskLogsBatch.newBuilder()
                .setEntryId(position + bytes.size() + "-0")
                .addItems(TaskLogs.newBuilder().setData(bytes.toStringUtf8()))
                .build();
    }

    private static long offset(String lastEntry) {
        if (lastEntry.isEmpty()) {
            return 0;
        }
        var match = ENTRY.matcher(lastEntry);
        if (!match.matches()) {
            throw ModalErrors.invalid("last_entry_id is not one of this server's");
        }
        return Long.parseLong(match.group(1));
    }

    /** Writes to the standard input of a sandbox of the first generation. */
    public SandboxStdinWriteResponse write(Sandbox sandbox, SandboxStdinWriteRequest request)
            throws InterruptedException {
        idle.recordUse(sandbox);
        mains.stdin(sandbox).writePiece(request.getIndex(), request.getInput(), request.getEof());
        return SandboxStdinWriteResponse.getDefaultInstance();
    }

    /** Sends the output of a sandbox of the second generation, until its end. */
    void read(Sandbox sandbox, SandboxStdioReadV2Request request, StreamObserver<SandboxStdioReadV2Response> to)
            throws InterruptedException {
        Function<Execution, Output> stream = switch (request.getFileDescriptor()) {
            case SANDBOX_FD_STDOUT -> Execution::stdout;
            case SANDBOX_FD_STDERR -> Execution::stderr;
            case UNRECOGNIZED -> throw unknown(request.getFileDescriptorValue());
        };
        OutputStreaming.begin(
                to,
                mains.of(sandbox).map(stream).orElse(Output.EMPTY),
                ExecCalls.offset(request.getOffset()),
                (position, bytes) -> SandboxStdioReadV2Response.newBuilder()
                        .setData(bytes)
                        .setStartingOffset(position)
                        .build());
    }

    /** Writes to the standard input of a sandbox of the second generation. */
    SandboxStdinWriteV2Response write(Sandbox sandbox, SandboxStdinWriteV2Request request) throws InterruptedException {
        idle.recordUse(sandbox);
        mains.stdin(sandbox)
                .newWriter()
                .write(ExecCalls.offset(request.getOffset()), request.getData(), request.getEof());
        return SandboxStdinWriteV2Response.getDefaultInstance();
    }

    private static StatusRuntimeException unknown(int descriptor) {
        return ModalErrors.invalid("unknown file descriptor " + descriptor);
    }
}
