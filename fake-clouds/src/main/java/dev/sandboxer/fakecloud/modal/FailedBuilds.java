package dev.sandboxer.fakecloud.modal;

import dev.sandboxer.protocol.modal.ClientProto.GenericResult;
import dev.sandboxer.protocol.modal.ClientProto.ImageGetOrCreateResponse;
import dev.sandboxer.protocol.modal.ClientProto.ImageJoinStreamingRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageJoinStreamingResponse;
import dev.sandboxer.protocol.modal.ClientProto.TaskLogs;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Image builds that the plan makes fail. As at Modal, only the log explains the failure. Thread-safe. */
final class FailedBuilds implements ServerInterceptor {
    private final Map<String, String> logs = new ConcurrentHashMap<>();

    /** Answers a request for an image as if its build were running. The build then fails with that log. */
    void begin(ServerCall<?, ?> call, String log) {
        if (!call.getMethodDescriptor().getFullMethodName().endsWith("/ImageGetOrCreate")) {
            Refusal.of(Status.INTERNAL.withDescription("failBuild is only for ImageGetOrCreate"))
                    .close(call);
            return;
        }
        var id = "im-rehearsal%013d".formatted(logs.size());
        logs.put(id, log);
        ReplacedCall.succeed(
                call,
                ImageGetOrCreateResponse.newBuilder().setImageId(id).build().toByteArray());
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        var server = next.startCall(call, headers);
        if (!call.getMethodDescriptor().getFullMethodName().endsWith("/ImageJoinStreaming")) {
            return server;
        }
        return new SimpleForwardingServerCallListener<>(server) {
            private @Nullable String log;

            @Override
            public void onMessage(Q message) {
                log = logs.get(((ImageJoinStreamingRequest) message).getImageId());
                if (log == null) {
                    super.onMessage(message);
                }
            }

            @Override
            public void onHalfClose() {
                if (log == null) {
                    super.onHalfClose();
                } else {
                    fail(call, log);
                }
            }
        };
    }

    private static void fail(ServerCall<?, ?> call, String log) {
        var answer = ImageJoinStreamingResponse.newBuilder()
                .setEntryId("1-0")
                .setResult(GenericResult.newBuilder().setStatus(GenericResult.Status.FAILURE));
        log.lines().map(line -> TaskLogs.newBuilder().setData(line + "\n")).forEach(answer::addTaskLogs);
        ReplacedCall.succeed(call, answer.build().toByteArray());
    }
}
