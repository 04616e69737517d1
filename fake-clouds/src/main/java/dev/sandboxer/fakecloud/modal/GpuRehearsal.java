package dev.sandboxer.fakecloud.modal;

import dev.sandboxer.protocol.modal.ClientProto.GPUConfig;
import dev.sandboxer.protocol.modal.ClientProto.Sandbox;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateRequest;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes the GPU out of what is asked for, because there is none here: a rehearsal's sandbox has no GPU inside. What Modal would
 * refuse is refused.
 */
final class GpuRehearsal implements ServerInterceptor {
    private static final int MOST = 8;
    private static final int MOST_A10 = 4;

    private static final Set<String> TYPES = Set.of(
            "ANY",
            "T4",
            "L4",
            "A10",
            "A10G",
            "L40S",
            "A100",
            "A100-40GB",
            "A100-80GB",
            "RTX-PRO-6000",
            "H100",
            "H100!",
            "H200",
            "B200",
            "B200+",
            "B300");

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        var server = next.startCall(call, headers);
        if (!call.getMethodDescriptor().getFullMethodName().endsWith("/SandboxCreate")) {
            return server;
        }
        return new SimpleForwardingServerCallListener<>(server) {
            private boolean refused;

            @Override
            public void onMessage(Q message) {
                var request = (SandboxCreateRequest) message;
                var problem = problem(request.getDefinition());
                if (problem == null) {
                    super.onMessage(call.getMethodDescriptor()
                            .parseRequest(withoutGpu(request).toByteString().newInput()));
                } else {
                    refused = true;
                    Refusal.of(Status.INVALID_ARGUMENT.withDescription(problem)).close(call);
                }
            }

            @Override
            public void onHalfClose() {
                if (!refused) {
                    super.onHalfClose();
                }
            }
        };
    }

    private static SandboxCreateRequest withoutGpu(SandboxCreateRequest request) {
        var changed = request.toBuilder();
        if (request.getDefinition().getResources().hasGpuConfig()) {
            changed.getDefinitionBuilder().getResourcesBuilder().clearGpuConfig();
        }
        return changed.build();
    }

    /** Null when there is none. */
    private static @Nullable String problem(Sandbox definition) {
        var gpu = definition.getResources().getGpuConfig();
        if (gpu.equals(GPUConfig.getDefaultInstance())) {
            return null;
        }
        var type = gpu.getGpuType().toUpperCase(Locale.ROOT);
        if (!TYPES.contains(type)) {
            return "Not a valid GPU type: " + gpu.getGpuType();
        }
        var most = type.startsWith("A10") && !type.startsWith("A100") ? MOST_A10 : MOST;
        return gpu.getCount() >= 1 && gpu.getCount() <= most
                ? null
                : "GPU count has to be from 1 to " + most + " for " + type + ", not " + gpu.getCount();
    }
}
