package dev.sandboxer.modal.rpc;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.support.redaction.Redaction;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Maps the status of a call to the contract's exceptions. The kind comes from the code and its details. The text is used in one case, for
 * which Modal gives nothing else: to tell a rate limit from other limits.
 */
public final class StatusMapper {
    /** Codes after which Modal's own clients retry a call. */
    private static final Set<Status.Code> TRANSIENT = EnumSet.of(
            Status.Code.DEADLINE_EXCEEDED,
            Status.Code.UNAVAILABLE,
            Status.Code.CANCELLED,
            Status.Code.INTERNAL,
            Status.Code.UNKNOWN);

    private final Redaction redaction;

    public StatusMapper(Redaction redaction) {
        this.redaction = redaction;
    }

    public static boolean isTransient(StatusRuntimeException e) {
        return TRANSIENT.contains(e.getStatus().getCode());
    }

    /** Returns true if the call certainly never reached a server. */
    public static boolean isUnsent(StatusRuntimeException e) {
        for (Throwable cause = e.getStatus().getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof UnknownHostException
                    || cause instanceof NoRouteToHostException
                    || cause instanceof SSLHandshakeException) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the exception for a failed call.
     *
     * @param action the call for messages, as in "creating a sandbox"
     * @param sandbox the sandbox that the call is about; null = none
     */
    public ExtensionException failure(StatusRuntimeException e, String action, @Nullable BackendRef sandbox) {
        var code = e.getStatus().getCode();
        return switch (code) {
            case INVALID_ARGUMENT, OUT_OF_RANGE, ALREADY_EXISTS -> notApplied(Kind.INVALID, e, action);
            case UNAUTHENTICATED, PERMISSION_DENIED -> notApplied(Kind.CREDENTIAL, e, action);
            case NOT_FOUND -> sandbox == null ? notApplied(Kind.INVALID, e, action) : ExtensionException.gone(sandbox);
            case FAILED_PRECONDITION -> notApplied(sandbox == null ? Kind.INVALID : Kind.TRANSIENT, e, action);
            case RESOURCE_EXHAUSTED -> notApplied(isRate(e) ? Kind.THROTTLED : Kind.QUOTA, e, action);
            case UNIMPLEMENTED -> notApplied(Kind.UNSUPPORTED, e, action);
            case DATA_LOSS, OK -> failure(Kind.INTERNAL, Effect.UNKNOWN, e, action);
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, ABORTED, INTERNAL, UNKNOWN ->
                failure(Kind.TRANSIENT, isUnsent(e) ? Effect.NOT_APPLIED : Effect.UNKNOWN, e, action);
        };
    }

    /** Returns the exception for a malformed answer. */
    public ExtensionException malformed(String action, String what) {
        return ExtensionException.unknown(Kind.INTERNAL, action + " at Modal: " + redaction.line(what), null);
    }

    /** Returns a text as one short line without secrets. */
    public String redactedLine(String text) {
        return redaction.line(text);
    }

    private static boolean isRate(StatusRuntimeException e) {
        var text = String.valueOf(e.getStatus().getDescription()).toLowerCase(Locale.ROOT);
        return RetryPolicy.delay(e) != null || text.contains("rate limit");
    }

    private ExtensionException notApplied(Kind kind, StatusRuntimeException e, String action) {
        return failure(kind, Effect.NOT_APPLIED, e, action);
    }

    /** Leaves out the cause, whose text may contain the request. */
    private ExtensionException failure(Kind kind, Effect effect, StatusRuntimeException e, String action) {
        var wait = RetryPolicy.delay(e);
        var description = e.getStatus().getDescription();
        var message = action + ": Modal answered " + e.getStatus().getCode()
                + (description == null || description.isBlank() ? "" : ", " + redaction.line(description))
                + (wait == null ? "" : ", retry in " + Math.max(1, wait.toSeconds()) + " s");
        return new ExtensionException(kind, effect, wait, message, null);
    }
}
