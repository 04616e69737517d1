package dev.sandboxer.modal.rpc;

import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Opens gRPC channels. An idle connection is closed after 30 s and reopened when needed. */
public final class Channels {
    private static final int MAX_MESSAGE_BYTES = 100 << 20;

    /** Bytes of a stream that may be in flight while its reader is slow. */
    private static final int WINDOW = 1 << 20;

    private static final int PING_SECONDS = 30;
    private static final int PONG_SECONDS = 10;
    private static final int IDLE_SECONDS = 30;

    private Channels() {}

    /** @param executor runs gRPC's callbacks */
    public static ManagedChannel open(Endpoint endpoint, String userAgent, Executor executor) {
        var builder = OkHttpChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                .userAgent(userAgent)
                .executor(executor)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .flowControlWindow(WINDOW)
                .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(PONG_SECONDS, TimeUnit.SECONDS)
                .idleTimeout(IDLE_SECONDS, TimeUnit.SECONDS);
        return endpoint.plaintext() ? builder.usePlaintext().build() : builder.build();
    }
}
