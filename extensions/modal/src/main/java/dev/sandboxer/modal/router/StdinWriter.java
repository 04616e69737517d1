package dev.sandboxer.modal.router;

import com.google.protobuf.ByteString;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdinWriteRequest;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes the input of one command. Each piece carries its offset, so a piece that is sent again is not read twice.
 * Thread-safe.
 */
final class StdinWriter {
    private static final String ACTION = "writing input";
    private static final int MAX_PIECE_BYTES = 256 << 10;

    /** The router's codes for a command that has ended or no longer reads its input. */
    private static final Set<Status.Code> ENDED = EnumSet.of(
            Status.Code.FAILED_PRECONDITION, Status.Code.ABORTED, Status.Code.NOT_FOUND, Status.Code.OUT_OF_RANGE);

    private final RouterChannel router;
    private final String exec;
    private final ReentrantLock lock = new ReentrantLock();
    private long offset;
    private boolean closed;

    StdinWriter(RouterChannel router, String exec) {
        this.router = router;
        this.exec = exec;
    }

    /** @throws OperationException {@code STDIN_CLOSED} when the command no longer reads its input */
    void write(Context context, byte[] bytes, int from, int length) {
        write(context, bytes, from, length, false);
    }

    /** Writes the last input, at least a byte, and closes the input in the same call. */
    void writeLast(Context context, byte[] bytes) {
        write(context, bytes, 0, bytes.length, true);
    }

    private void write(Context context, byte[] bytes, int from, int length, boolean last) {
        lock.lock();
        try {
            if (closed) {
                throw new OperationException(Reason.STDIN_CLOSED, "the input is closed");
            }
            for (int at = 0; at < length; at += MAX_PIECE_BYTES) {
                var piece = Math.min(MAX_PIECE_BYTES, length - at);
                closed = last && at + piece == length;
                send(context, ByteString.copyFrom(bytes, from + at, piece), closed);
                offset += piece;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Closes the input. Does nothing if it is closed or the command has ended. */
    void close(Context context) {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                send(context, ByteString.EMPTY, true);
            }
        } catch (OperationException e) {
            if (e.reason() != Reason.STDIN_CLOSED) {
                throw e;
            }
        } finally {
            lock.unlock();
        }
    }

    private void send(Context context, ByteString data, boolean eof) {
        try {
            router.call(
                    context,
                    TaskCommandRouterGrpc.getTaskExecStdinWriteMethod(),
                    task -> TaskExecStdinWriteRequest.newBuilder()
                            .setTaskId(task)
                            .setExecId(exec)
                            .setOffset(offset)
                            .setData(data)
                            .setEof(eof)
                            .build(),
                    router.client().timeouts().input(),
                    ACTION);
        } catch (StatusRuntimeException e) {
            if (context.isCancelled() || ENDED.contains(e.getStatus().getCode())) {
                throw new OperationException(Reason.STDIN_CLOSED, "the command no longer reads its input");
            }
            throw router.failure(e, ACTION);
        }
    }
}
