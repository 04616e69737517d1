package dev.sandboxer.fakecloud.modal;

import com.google.protobuf.Any;
import dev.sandboxer.fakecloud.Fault;
import dev.sandboxer.protocol.modal.ClientProto.RPCRetryPolicy;
import dev.sandboxer.protocol.modal.ClientProto.RPCStatus;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.Objects;

/** A gRPC failure. */
record Refusal(Status status, Metadata trailers) {
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /** Returns the failure that clients report for a broken connection. */
    static Refusal cut() {
        return of(Status.UNAVAILABLE.withDescription("connection dropped"));
    }

    static Refusal of(Status status) {
        return new Refusal(status, new Metadata());
    }

    static Refusal of(Fault.Answer answer) {
        var status = Status.fromCodeValue(answer.status()).withDescription(answer.body());
        var trailers = new Metadata();
        var retryAfter = answer.headers().get("Retry-After");
        if (retryAfter != null) {
            var policy = RPCRetryPolicy.newBuilder()
                    .setRetryAfterSecs(Float.parseFloat(retryAfter))
                    .build();
            var details = RPCStatus.newBuilder()
                    .setCode(answer.status())
                    .setMessage(Objects.requireNonNullElse(status.getDescription(), ""))
                    .addDetails(Any.pack(policy))
                    .build();
            trailers.put(DETAILS, details.toByteArray());
        }
        return new Refusal(status, trailers);
    }

    void close(ServerCall<?, ?> call) {
        call.close(status, trailers);
    }
}
