package dev.sandboxer.e2b.control;

import dev.sandboxer.e2b.http.CallFailedException;
import dev.sandboxer.e2b.http.Reply;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.support.redaction.Redaction;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Maps failures of the control plane to the contract's exceptions. The kind comes from the status and from
 * {@code error_code}. The text decides only where E2B gives nothing else: which limit a 429 means, and whether a 403 is
 * about the template or the key.
 */
final class ControlErrorMapper {
    /**
     * Error codes for a sandbox that found no node and was not created (e2b-dev/infra, {@code placement_errors.go}).
     */
    private static final Set<String> NO_ROOM = Set.of("sandbox_capacity_unavailable", "sandbox_no_compatible_node");

    private final Redaction redaction;

    ControlErrorMapper(Redaction redaction) {
        this.redaction = redaction;
    }

    /**
     * Returns the exception for a response that is not a success.
     *
     * @param action the call for messages, as in "creating a sandbox"
     * @param sandbox the sandbox that the call is about; null = none
     */
    ExtensionException refused(Reply reply, String action, @Nullable BackendRef sandbox) {
        return switch (reply.status()) {
            case 400, 422 -> notApplied(Kind.INVALID, reply, action);
            case 401 -> notApplied(Kind.CREDENTIAL, reply, action);
            case 403 -> notApplied(text(reply).contains("template") ? Kind.INVALID : Kind.CREDENTIAL, reply, action);
            case 404 ->
                !reply.fromE2b()
                        ? unknown(Kind.TRANSIENT, reply, action)
                        : sandbox == null ? notApplied(Kind.INVALID, reply, action) : ExtensionException.gone(sandbox);
            case 405, 501 -> notApplied(Kind.UNSUPPORTED, reply, action);
            case 409 -> notApplied(Kind.TRANSIENT, reply, action);
            case 429 -> notApplied(overQuota(reply) ? Kind.QUOTA : Kind.THROTTLED, reply, action);
            case 503 ->
                reply.fromE2b() || NO_ROOM.contains(reply.errorCode())
                        ? notApplied(Kind.CAPACITY, reply, action)
                        : unknown(Kind.TRANSIENT, reply, action);
            case 500, 502, 504 -> unknown(Kind.TRANSIENT, reply, action);
            default -> unknown(Kind.INTERNAL, reply, action);
        };
    }

    /** Returns the exception for a call that got no response. */
    ExtensionException failed(CallFailedException e, String action) {
        return new ExtensionException(
                Kind.TRANSIENT,
                e.sent() ? Effect.UNKNOWN : Effect.NOT_APPLIED,
                null,
                action + " at E2B: " + redaction.line(String.valueOf(e.getMessage())),
                e);
    }

    /** Returns the exception for a successful response with malformed content. */
    ExtensionException malformed(String action, String what) {
        return ExtensionException.unknown(
                Kind.INTERNAL, action + " at E2B: the answer has " + redaction.line(what), null);
    }

    /**
     * Returns true if a 429 is about the number of concurrent sandboxes. Only the rate limit sends {@code Retry-After}.
     */
    private static boolean overQuota(Reply reply) {
        var text = text(reply);
        return reply.retryAfter() == null && (text.contains("concurrent") || text.contains("maximum number"));
    }

    private static String text(Reply reply) {
        return reply.message().toLowerCase(Locale.ROOT);
    }

    private ExtensionException notApplied(Kind kind, Reply reply, String action) {
        return new ExtensionException(kind, Effect.NOT_APPLIED, reply.retryAfter(), message(reply, action), null);
    }

    private ExtensionException unknown(Kind kind, Reply reply, String action) {
        return new ExtensionException(kind, Effect.UNKNOWN, reply.retryAfter(), message(reply, action), null);
    }

    private String message(Reply reply, String action) {
        var message = reply.message();
        var wait = reply.retryAfter();
        return action + ": E2B answered " + reply.status()
                + (message.isBlank() ? "" : ", " + redaction.line(message))
                + (wait == null ? "" : ", retry in " + wait.toSeconds() + " s");
    }
}
