package dev.sandboxer.e2b.control;

import dev.sandboxer.e2b.http.CallFailedException;
import dev.sandboxer.e2b.http.Reply;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.support.Redaction;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns the control plane's failures into the contract's. Kinds come from the status and from {@code error_code}; from the
 * text only where E2B gives nothing else: which limit a 429 is about, and whose fault a 403 is.
 */
final class ControlErrorMapper {
    /** E2B found no place for it, and says so before anything exists (e2b-dev/infra, {@code placement_errors.go}). */
    private static final Set<String> NO_ROOM = Set.of("sandbox_capacity_unavailable", "sandbox_no_compatible_node");

    private final Redaction redaction;

    ControlErrorMapper(Redaction redaction) {
        this.redaction = redaction;
    }

    /**
     * @param doing what was asked for, as in "creating a sandbox"
     * @param sandbox which one it was about; null when about none
     */
    ExtensionException refused(Reply reply, String doing, @Nullable BackendRef sandbox) {
        return switch (reply.status()) {
            case 400, 422 -> notApplied(Kind.INVALID, reply, doing);
            case 401 -> notApplied(Kind.CREDENTIAL, reply, doing);
            case 403 -> notApplied(text(reply).contains("template") ? Kind.INVALID : Kind.CREDENTIAL, reply, doing);
            case 404 ->
                !reply.fromE2b()
                        ? unknown(Kind.TRANSIENT, reply, doing)
                        : sandbox == null ? notApplied(Kind.INVALID, reply, doing) : ExtensionException.gone(sandbox);
            case 405, 501 -> notApplied(Kind.UNSUPPORTED, reply, doing);
            case 409 -> notApplied(Kind.TRANSIENT, reply, doing);
            case 429 -> notApplied(overQuota(reply) ? Kind.QUOTA : Kind.THROTTLED, reply, doing);
            case 503 ->
                reply.fromE2b() || NO_ROOM.contains(reply.errorCode())
                        ? notApplied(Kind.CAPACITY, reply, doing)
                        : unknown(Kind.TRANSIENT, reply, doing);
            case 500, 502, 504 -> unknown(Kind.TRANSIENT, reply, doing);
            default -> unknown(Kind.INTERNAL, reply, doing);
        };
    }

    /** A call that got no response. */
    ExtensionException failed(CallFailedException e, String doing) {
        return new ExtensionException(
                Kind.TRANSIENT,
                e.sent() ? Effect.UNKNOWN : Effect.NOT_APPLIED,
                null,
                doing + " at E2B: " + redaction.line(String.valueOf(e.getMessage())),
                e);
    }

    /** A successful response whose content is malformed. */
    ExtensionException malformed(String doing, String what) {
        return ExtensionException.unknown(
                Kind.INTERNAL, doing + " at E2B: the answer has " + redaction.line(what), null);
    }

    /** Only the rate limit says when to come back; the limit of sandboxes at once ends when one of them does. */
    private static boolean overQuota(Reply reply) {
        var text = text(reply);
        return reply.retryAfter() == null && (text.contains("concurrent") || text.contains("maximum number"));
    }

    private static String text(Reply reply) {
        return reply.message().toLowerCase(Locale.ROOT);
    }

    private ExtensionException notApplied(Kind kind, Reply reply, String doing) {
        return new ExtensionException(kind, Effect.NOT_APPLIED, reply.retryAfter(), said(reply, doing), null);
    }

    private ExtensionException unknown(Kind kind, Reply reply, String doing) {
        return new ExtensionException(kind, Effect.UNKNOWN, reply.retryAfter(), said(reply, doing), null);
    }

    private String said(Reply reply, String doing) {
        var message = reply.message();
        var wait = reply.retryAfter();
        return doing + ": E2B answered " + reply.status()
                + (message.isBlank() ? "" : ", " + redaction.line(message))
                + (wait == null ? "" : ", to come back in " + wait.toSeconds() + " s");
    }
}
