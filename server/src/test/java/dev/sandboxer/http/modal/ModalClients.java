package dev.sandboxer.http.modal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.protocol.modal.ModalClientGrpc;
import dev.sandboxer.protocol.modal.ModalClientGrpc.ModalClientBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.util.Map;

/** Makes clients of Modal's API, for a server in this process. */
final class ModalClients implements AutoCloseable {
    private final ManagedChannel channel;

    ModalClients(int port) {
        this.channel = OkHttpChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .build();
    }

    ManagedChannel channel() {
        return channel;
    }

    /** Returns a client with this API key. */
    ModalClientBlockingStub with(String key) {
        return with(Map.of("x-modal-token-id", "ak-test", "x-modal-token-secret", key, "x-modal-client-type", "8"));
    }

    /** Returns a client that sends these headers with each call. */
    ModalClientBlockingStub with(Map<String, String> headers) {
        var metadata = new Metadata();
        headers.forEach((name, value) -> metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
        return ModalClientGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    /** Fails unless a call ends with this status, whose description contains the text. */
    static void assertStatus(Runnable call, Status.Code code, String text) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).as(e.getMessage()).isEqualTo(code);
            assertThat(e.getStatus().getDescription()).contains(text);
        });
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
