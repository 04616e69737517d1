package dev.sandboxer.modal.rpc;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.support.Redaction;
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
 * Turns the status of a call into the contract's failures. Kinds come from the code and its details; from the text only where Modal gives
 * nothing else: whether a limit is one of the rate.
 */
public final class StatusMapper {
    /** Codes after which a call may succeed when it is repeated, as Modal's own clients see it. */
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

    /** Whether the call certainly never reached a server. */
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
     * @param doing what was asked for, as in "creating a sandbox"
     * @param sandbox which one it was about; null when about none
     */
    public ExtensionException failure(StatusRuntimeException e, String doing, @Nullable BackendRef sandbox) {
        var code = e.getStatus().getCode();
        return switch (code) {
            case INVALID_ARGUMENT, OUT_OF_RANGE, ALREADY_EXISTS -> notApplied(Kind.INVALID, e, doing);
            case UNAUTHENTICATED, PERMISSION_DENIED -> notApplied(Kind.CREDENTIAL, e, doing);
            case NOT_FOUND -> sandbox == null ? notApplied(Kind.INVALID, e, doing) : ExtensionException.gone(sandbox);
            case FAILED_PRECONDITION -> notApplied(sandbox == null ? Kind.INVALID : Kind.TRANSIENT, e, doing);
            case RESOURCE_EXHAUSTED -> notApplied(isRate(e) ? Kind.THROTTLED : Kind.QUOTA, e, doing);
            case UNIMPLEMENTED -> notApplied(Kind.UNSUPPORTED, e, doing);
            case DATA_LOSS, OK -> failure(Kind.INTERNAL, Effect.UNKNOWN, e, doing);
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, ABORTED, INTERNAL, UNKNOWN ->
                failure(Kind.TRANSIENT, isUnsent(e) ? Effect.NOT_APPLIED : Effect.UNKNOWN, e, doing);
        };
    }

    /** An answer that makes no sense. */
    public ExtensionException malformed(String doing, String what) {
        return ExtensionException.unknown(Kind.INTERNAL, doing + " at Modal: " + redaction.line(what), null);
    }

    /** A text from elsewhere as one short line without secrets. */
    public String line(String text) {
        return redaction.line(text);
    }

    private static boolean isRate(StatusRuntimeException e) {
        var text = String.valueOf(e.getStatus().getDescription()).toLowerCase(Locale.ROOT);
        return RetryPolicy.delay(e) != null || text.contains("rate limit");
    }

    private ExtensionException notApplied(Kind kind, StatusRuntimeException e, String doing) {
        return failure(kind, Effect.NOT_APPLIED, e, doing);
    }

    /** Without the cause, whose text may hold what was sent. */
    private ExtensionException failure(Kind kind, Effect effect, StatusRuntimeException e, String doing) {
        var wait = RetryPolicy.delay(e);
        var said = e.getStatus().getDescription();
        var message = doing + ": Modal answered " + e.getStatus().getCode()
                + (said == null || said.isBlank() ? "" : ", " + redaction.line(said))
                + (wait == null ? "" : ", to come back in " + Math.max(1, wait.toSeconds()) + " s");
        return new ExtensionException(kind, effect, wait, message, null);
    }
}
