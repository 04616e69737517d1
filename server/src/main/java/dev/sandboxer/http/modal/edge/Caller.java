package dev.sandboxer.http.modal.edge;

import io.grpc.Context;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * The caller of the current control-plane call.
 *
 * @param consumer the owner of the API key
 * @param clientType Modal's number for the kind of client: 1 for Python, 8 for JavaScript, 9 for Go; 0 = unknown
 * @param idempotencyKey the same for all attempts at one call; null = none
 */
public record Caller(
        String consumer, int clientType, @Nullable String idempotencyKey) {
    private static final int PYTHON = 1;

    static final Context.Key<Caller> KEY = Context.key("modal-caller");

    /** The bearer token of a call to the router. */
    static final Context.Key<String> BEARER = Context.key("modal-bearer");

    /**
     * Returns the caller of the call that this thread is handling.
     *
     * @throws io.grpc.StatusRuntimeException {@code UNAUTHENTICATED} when the call has no API key
     */
    public static Caller current() {
        var caller = KEY.get();
        if (caller == null) {
            throw Status.UNAUTHENTICATED.withDescription("no API key").asRuntimeException();
        }
        return caller;
    }

    /** Returns true for the Python client, which accepts plain {@code http} for the router; others insist on {@code https}. */
    public boolean isPython() {
        return clientType == PYTHON;
    }
}
