package dev.sandboxer.modal.router;

import dev.sandboxer.protocol.modal.RouterProto.ExecFd;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStdioReadRequest;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.function.BooleanSupplier;

/** One stream of a command's output. When it breaks it is opened again where it was. Used by one thread. */
final class StdoutReader {
    private static final String DOING = "reading output";

    private final RouterChannel router;
    private final String exec;
    private final ExecFd descriptor;
    private final BooleanSupplier wanted;
    private long offset;
    private boolean refused;

    /** @param wanted whether anybody still reads */
    StdoutReader(RouterChannel router, String exec, ExecFd descriptor, BooleanSupplier wanted) {
        this.router = router;
        this.exec = exec;
        this.descriptor = descriptor;
        this.wanted = wanted;
    }

    /** Takes output as fast as it wants to. */
    interface Sink {
        void accept(byte[] bytes) throws InterruptedException;
    }

    /** Reads to the end, or until nobody reads any more. */
    void copy(Context parent, Sink sink) throws InterruptedException {
        var outage = new Outage(router, DOING);
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

    /** No stream is left open for ever; this is no outage. */
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
            default -> throw router.failure(e, DOING);
        }
    }
}
