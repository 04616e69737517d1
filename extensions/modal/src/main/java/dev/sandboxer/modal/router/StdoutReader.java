package dev.sandboxer.modal.router;

import dev.sandboxer.protocol.modal.RouterProto.ExecFd;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdioReadRequest;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.function.BooleanSupplier;

/** Reads one output stream of a command. Reopens a broken stream at its last offset. Used by one thread. */
final class StdoutReader {
    private static final String ACTION = "reading output";

    private final RouterChannel router;
    private final String exec;
    private final ExecFd descriptor;
    private final BooleanSupplier wanted;
    private long offset;
    private boolean refused;

    /** @param wanted false once nobody reads any more */
    StdoutReader(RouterChannel router, String exec, ExecFd descriptor, BooleanSupplier wanted) {
        this.router = router;
        this.exec = exec;
        this.descriptor = descriptor;
        this.wanted = wanted;
    }

    /** Takes output; blocks while it can't take more. */
    interface Sink {
        void accept(byte[] bytes) throws InterruptedException;
    }

    /** Copies output until the stream ends or nobody reads any more. */
    void copy(Context parent, Sink sink) throws InterruptedException {
        var outage = new Outage(router, ACTION);
        while (wanted.getAsBoolean()) {
            try {
                copyOnce(parent, sink, outage);
                return;
            } catch (StatusRuntimeException e) {
                if (wanted.getAsBoolean() && !isTimeToReopen(e)) {
                    handle(e, outage);
                }
            }
        }
    }

    private void copyOnce(Context parent, Sink sink, Outage outage) throws InterruptedException {
        var context = parent.withCancellation();
        var before = context.attach();
        try {
            var pieces = router.stream(
                    TaskCommandRouterGrpc.getTaskExecStdioReadMethod(),
                    task -> TaskExecStdioReadRequest.newBuilder()
                            .setTaskId(task)
                            .setExecId(exec)
                            .setFileDescriptor(descriptor)
                            .setOffset(offset)
                            .build(),
                    router.client().timeouts().stream(),
                    refused);
            while (pieces.hasNext()) {
                var data = pieces.next().getData();
                refused = false;
                offset += data.size();
                outage.over();
                if (!data.isEmpty()) {
                    sink.accept(data.toByteArray());
                }
            }
        } finally {
            context.detach(before);
            context.cancel(null);
        }
    }

    /** Returns true if the stream reached its time limit, which is not an outage. */
    private static boolean isTimeToReopen(StatusRuntimeException e) {
        return e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED;
    }

    private void handle(StatusRuntimeException e, Outage outage) {
        switch (e.getStatus().getCode()) {
            case UNAVAILABLE, INTERNAL, UNKNOWN, CANCELLED -> outage.pause(e);
            case UNAUTHENTICATED -> {
                refused = true;
                outage.pause(e);
            }
            default -> throw router.failure(e, ACTION);
        }
    }
}
