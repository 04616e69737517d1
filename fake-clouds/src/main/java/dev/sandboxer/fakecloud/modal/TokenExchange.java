package dev.sandboxer.fakecloud.modal;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * Replaces the secret of the accepted token pair by an API key of the server, and any other secret by a refused one.
 */
final class TokenExchange implements ServerInterceptor {
    private static final Metadata.Key<String> ID =
            Metadata.Key.of("x-modal-token-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> SECRET =
            Metadata.Key.of("x-modal-token-secret", Metadata.ASCII_STRING_MARSHALLER);

    private final TokenPair accepted;
    private final String key;

    TokenExchange(TokenPair accepted, String key) {
        this.accepted = accepted;
        this.key = key;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        var secret = headers.get(SECRET);
        if (secret != null) {
            headers.discardAll(SECRET);
            headers.put(
                    SECRET,
                    accepted.id().equals(headers.get(ID)) && accepted.secret().equals(secret) ? key : "refused");
        }
        return next.startCall(call, headers);
    }
}
