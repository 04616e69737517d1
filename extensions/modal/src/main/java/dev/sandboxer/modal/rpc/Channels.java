package dev.sandboxer.modal.rpc;

import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Opens connections. One that nobody uses is closed after half a minute, and opened again when it is needed. */
public final class Channels {
    private static final int LARGEST_MESSAGE = 100 << 20;

    /** How much of a stream may be under way; a reader that stops holds up no more than this. */
    private static final int WINDOW = 1 << 20;

    private static final int PING_SECONDS = 30;
    private static final int PONG_SECONDS = 10;
    private static final int IDLE_SECONDS = 30;

    private Channels() {}

    /**
     * @param userAgent who calls
     * @param executor runs what gRPC has to tell
     */
    public static ManagedChannel open(Endpoint endpoint, String userAgent, Executor executor) {
        var builder = OkHttpChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                .userAgent(userAgent)
                .executor(executor)
                .maxInboundMessageSize(LARGEST_MESSAGE)
                .flowControlWindow(WINDOW)
                .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(PONG_SECONDS, TimeUnit.SECONDS)
                .idleTimeout(IDLE_SECONDS, TimeUnit.SECONDS);
        return endpoint.plaintext() ? builder.usePlaintext().build() : builder.build();
    }
}
