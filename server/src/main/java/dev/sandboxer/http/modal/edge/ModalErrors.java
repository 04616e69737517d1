package dev.sandboxer.http.modal.edge;

import com.google.protobuf.Any;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.observe.Redactor;
import dev.sandboxer.profiles.Spelling;
import dev.sandboxer.protocol.modal.ClientProto.RPCRetryPolicy;
import dev.sandboxer.protocol.modal.ClientProto.RPCStatus;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Translates failures into gRPC statuses, with Modal's retry details where a call may be repeated. */
public final class ModalErrors {
    private static final Logger LOG = LoggerFactory.getLogger(ModalErrors.class);
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /** In characters: trailers have to fit into the few KiB that clients accept. */
    private static final int MAX_MESSAGE_LENGTH = 2000;

    private ModalErrors() {}

    /** Returns the status for a failure. An unexpected failure is logged, and the client does not get its message. */
    public static StatusRuntimeException of(Throwable failure) {
        return switch (failure) {
            case StatusRuntimeException status -> status;
            case SandboxException e
            when e.getCause() instanceof OperationException refusal ->
                refused(code(refusal.reason()), e, e.retryAfter());
            case SandboxException e -> refused(code(e), e, e.retryAfter());
            case OperationException e -> refused(code(e.reason()), e, null);
            default -> {
                LOG.error("a Modal API call failed", failure);
                yield Status.INTERNAL
                        .withDescription("internal error; the server's log has the cause")
                        .asRuntimeException();
            }
        };
    }

    /** Returns {@code INVALID_ARGUMENT}. */
    public static StatusRuntimeException invalid(String why) {
        return Status.INVALID_ARGUMENT.withDescription(why).asRuntimeException();
    }

    /** Returns {@code UNIMPLEMENTED}, for a feature that this server lacks. */
    public static StatusRuntimeException unimplemented(String why) {
        return Status.UNIMPLEMENTED.withDescription(why).asRuntimeException();
    }

    /** Returns {@code NOT_FOUND}. */
    public static StatusRuntimeException notFound(String why) {
        return Status.NOT_FOUND.withDescription(why).asRuntimeException();
    }

    /** Quotes text from the caller, for use in a message. */
    public static String shown(String text) {
        return Spelling.quoted(text);
    }

    private static StatusRuntimeException refused(Status.Code code, RuntimeException e, @Nullable Duration retryAfter) {
        var message = Redactor.clean(String.valueOf(e.getMessage()));
        var text = message.length() > MAX_MESSAGE_LENGTH ? message.substring(0, MAX_MESSAGE_LENGTH) : message;
        var status = code.toStatus().withDescription(text);
        return retryAfter == null ? status.asRuntimeException() : status.asRuntimeException(retry(status, retryAfter));
    }

    /** Returns trailers that make Modal's clients retry after this delay. */
    public static Metadata retry(Status status, Duration after) {
        var policy = RPCRetryPolicy.newBuilder()
                .setRetryAfterSecs(after.toMillis() / 1000f)
                .build();
        var details = RPCStatus.newBuilder()
                .setCode(status.getCode().value())
                .setMessage(status.getDescription() == null ? "" : status.getDescription())
                .addDetails(Any.pack(policy))
                .build();
        var trailers = new Metadata();
        trailers.put(DETAILS, details.toByteArray());
        return trailers;
    }

    private static Status.Code code(SandboxException e) {
        return switch (e.code()) {
            case UNSUPPORTED -> Status.Code.UNIMPLEMENTED;
            case NO_CANDIDATE, CREDENTIAL_MISSING, CREDENTIAL_REFUSED -> Status.Code.FAILED_PRECONDITION;
            case NAME_TAKEN -> Status.Code.ALREADY_EXISTS;
            default ->
                switch (e.code().httpStatus()) {
                    case 400 -> Status.Code.INVALID_ARGUMENT;
                    case 401 -> Status.Code.UNAUTHENTICATED;
                    case 403 -> Status.Code.PERMISSION_DENIED;
                    case 402, 413, 429, 507 -> Status.Code.RESOURCE_EXHAUSTED;
                    case 404, 410 -> Status.Code.NOT_FOUND;
                    case 408 -> Status.Code.DEADLINE_EXCEEDED;
                    case 409 -> Status.Code.ABORTED;
                    case 502, 503 -> Status.Code.UNAVAILABLE;
                    default -> Status.Code.INTERNAL;
                };
        };
    }

    private static Status.Code code(OperationException.Reason reason) {
        return switch (reason) {
            case NOT_FOUND, PROCESS_NOT_FOUND -> Status.Code.NOT_FOUND;
            case ALREADY_EXISTS -> Status.Code.ALREADY_EXISTS;
            case INVALID,
                    NOT_A_DIRECTORY,
                    IS_A_DIRECTORY,
                    CWD_MISSING,
                    COMMAND_NOT_FOUND,
                    NOT_EXECUTABLE,
                    SPECIAL_FILE,
                    UNKNOWN_USER,
                    TOO_LONG -> Status.Code.INVALID_ARGUMENT;
            case PERMISSION_DENIED -> Status.Code.PERMISSION_DENIED;
            case NO_SPACE, LIMIT -> Status.Code.RESOURCE_EXHAUSTED;
            case LOOP, NOT_EMPTY, STDIN_CLOSED -> Status.Code.FAILED_PRECONDITION;
            case UNSUPPORTED -> Status.Code.UNIMPLEMENTED;
            case REFUSED -> Status.Code.UNAVAILABLE;
            case IO -> Status.Code.INTERNAL;
        };
    }
}
