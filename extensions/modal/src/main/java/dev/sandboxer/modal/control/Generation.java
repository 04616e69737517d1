package dev.sandboxer.modal.control;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTaskIdRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTaskIdResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTunnelsRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTunnelsResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTagsGetRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTagsGetResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTerminateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTerminateResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxWaitRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxWaitResponse;
import dev.sandboxer.protocol.modal.ModalClientGrpc;
import io.grpc.MethodDescriptor;
import java.util.regex.Pattern;

/** Modal's two generations of sandboxes. They share most messages, but have separate methods. */
enum Generation {
    /** Sandboxes with GPUs. */
    V1,
    /** Sandboxes without GPUs. */
    V2;

    /** Modal's own clients recognize the first generation by this form too. */
    private static final Pattern V1_ID = Pattern.compile("sb-[0-9A-Za-z]{22}");

    static Generation of(BackendRef sandbox) {
        return V1_ID.matcher(sandbox.value()).matches() ? V1 : V2;
    }

    MethodDescriptor<SandboxWaitRequest, SandboxWaitResponse> await() {
        return this == V1 ? ModalClientGrpc.getSandboxWaitMethod() : ModalClientGrpc.getSandboxWaitV2Method();
    }

    MethodDescriptor<SandboxTerminateRequest, SandboxTerminateResponse> terminate() {
        return this == V1 ? ModalClientGrpc.getSandboxTerminateMethod() : ModalClientGrpc.getSandboxTerminateV2Method();
    }

    MethodDescriptor<SandboxTagsGetRequest, SandboxTagsGetResponse> tags() {
        return this == V1 ? ModalClientGrpc.getSandboxTagsGetMethod() : ModalClientGrpc.getSandboxTagsGetV2Method();
    }

    MethodDescriptor<SandboxGetTaskIdRequest, SandboxGetTaskIdResponse> taskId() {
        return this == V1 ? ModalClientGrpc.getSandboxGetTaskIdMethod() : ModalClientGrpc.getSandboxGetTaskIdV2Method();
    }

    MethodDescriptor<SandboxGetTunnelsRequest, SandboxGetTunnelsResponse> tunnels() {
        return this == V1
                ? ModalClientGrpc.getSandboxGetTunnelsMethod()
                : ModalClientGrpc.getSandboxGetTunnelsV2Method();
    }
}
