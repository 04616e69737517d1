package dev.sandboxer.http.modal.edge;

import dev.sandboxer.consumers.ApiKeys;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates each call. In a control-plane call, the token's secret is one of our API keys and identifies the consumer; the token's id
 * is only a label and is not checked. The bearer token of a router call is passed on to {@link TaskAccess}, which checks it against the
 * sandbox.
 */
public final class Authentication implements ServerInterceptor {
    private static final Metadata.Key<String> TOKEN_ID = header("x-modal-token-id");
    private static final Metadata.Key<String> TOKEN_SECRET = header("x-modal-token-secret");
    private static final Metadata.Key<String> AUTH_TOKEN = header("x-modal-auth-token");
    private static final Metadata.Key<String> CLIENT_TYPE = header("x-modal-client-type");
    private static final Metadata.Key<String> IDEMPOTENCY_KEY = header("x-idempotency-key");
    private static final Metadata.Key<String> AUTHORIZATION = header("authorization");
    private static final String BEARER = "Bearer ";
    private static final String AUTH_TOKEN_GET = "AuthTokenGet";
    private static final int MAX_KEY_LENGTH = 200;

    private final ApiKeys keys;
    private final AuthTokens tokens;

    public Authentication(ApiKeys keys, AuthTokens tokens) {
        this.keys = keys;
        this.tokens = tokens;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        try {
            return Contexts.interceptCall(context(call, headers), call, headers, next);
        } catch (RuntimeException e) {
            var refused = ModalErrors.of(e);
            var trailers = refused.getTrailers();
            call.close(refused.getStatus(), trailers == null ? new Metadata() : trailers);
            return new ServerCall.Listener<>() {};
        }
    }

    private Context context(ServerCall<?, ?> call, Metadata headers) {
        var method = call.getMethodDescriptor();
        if (TaskCommandRouterGrpc.SERVICE_NAME.equals(method.getServiceName())) {
            var bearer = headers.get(AUTHORIZATION);
            return Context.current()
                    .withValue(
                            Caller.BEARER,
                            bearer != null && bearer.startsWith(BEARER) ? bearer.substring(BEARER.length()) : "");
        }
        return Context.current()
                .withValue(Caller.KEY, caller(headers, AUTH_TOKEN_GET.equals(method.getBareMethodName())));
    }

    private Caller caller(Metadata headers, boolean fetchesToken) {
        var id = headers.get(TOKEN_ID);
        var secret = headers.get(TOKEN_SECRET);
        if (isBlank(id) || secret == null || secret.isBlank()) {
            throw refused("no token: set MODAL_TOKEN_ID to any name, and MODAL_TOKEN_SECRET to an API key;"
                    + " make one with: sandboxer keys create");
        }
        var consumer = keys.consumerOf(secret.strip())
                .orElseThrow(() ->
                        refused("MODAL_TOKEN_SECRET is not a valid API key; make one with: sandboxer keys create"));
        CallLog.note(consumer);
        var token = headers.get(AUTH_TOKEN);
        if (!fetchesToken && token != null && !tokens.isOf(token, consumer)) {
            throw refused("the auth token has expired or belongs to another API key; fetch a new one");
        }
        return new Caller(consumer, clientType(headers.get(CLIENT_TYPE)), idempotencyKey(headers.get(IDEMPOTENCY_KEY)));
    }

    private static boolean isBlank(@Nullable String text) {
        return text == null || text.isBlank();
    }

    private static int clientType(@Nullable String text) {
        return text != null && text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
    }

    /** Returns the idempotency key in its stored form, with a long key replaced by its hash; null if there is none or it is blank. */
    static @Nullable String idempotencyKey(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        return text.length() > MAX_KEY_LENGTH ? "modal-sha256:" + Sha256.hex(text) : "modal:" + text;
    }

    private static StatusRuntimeException refused(String why) {
        return Status.UNAUTHENTICATED.withDescription(why).asRuntimeException();
    }

    private static Metadata.Key<String> header(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
