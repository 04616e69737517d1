package dev.sandboxer.modal.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sandboxer.protocol.modal.ClientProto.RPCRetryPolicy;
import dev.sandboxer.protocol.modal.ClientProto.RPCStatus;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads the retry delay that Modal puts into the details of a status. */
public final class RetryPolicy {
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private static final String TYPE = "/modal.client.RPCRetryPolicy";
    private static final Duration MIN_DELAY = Duration.ofMillis(100);
    private static final double MAX_DELAY_SECONDS = 86_400;

    private RetryPolicy() {}

    /** Returns how long to wait, 100 ms to a day; null when Modal doesn't say. */
    public static @Nullable Duration delay(StatusRuntimeException e) {
        var trailers = e.getTrailers();
        var details = trailers == null ? null : trailers.get(DETAILS);
        if (details == null) {
            return null;
        }
        try {
            for (var one : RPCStatus.parseFrom(details).getDetailsList()) {
                if (one.getTypeUrl().endsWith(TYPE)) {
                    return duration(RPCRetryPolicy.parseFrom(one.getValue()).getRetryAfterSecs());
                }
            }
        } catch (InvalidProtocolBufferException malformed) {
            return null;
        }
        return null;
    }

    private static Duration duration(float seconds) {
        var millis = Math.round(Math.clamp(Float.isNaN(seconds) ? 0 : seconds, 0, MAX_DELAY_SECONDS) * 1000);
        var delay = Duration.ofMillis(millis);
        return delay.compareTo(MIN_DELAY) < 0 ? MIN_DELAY : delay;
    }
}
