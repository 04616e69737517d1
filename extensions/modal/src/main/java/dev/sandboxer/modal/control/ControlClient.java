package dev.sandboxer.modal.control;

import com.google.protobuf.MessageLite;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.support.redaction.Redaction;
import dev.sandboxer.modal.rpc.Channels;
import dev.sandboxer.modal.rpc.StatusMapper;
import dev.sandboxer.modal.rpc.Timeouts;
import dev.sandboxer.modal.rpc.UnaryCalls;
import dev.sandboxer.modal.rpc.UnaryCalls.Repeat;
import dev.sandboxer.protocol.modal.ClientProto.AuthTokenGetRequest;
import dev.sandboxer.protocol.modal.ModalClientGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Client of Modal's control plane for one account. Thread-safe; an interrupt ends a call. */
public final class ControlClient implements AutoCloseable {
    /**
     * The type of Modal's JavaScript client, which gets {@code https} addresses of routers. Modal has no type for
     * others.
     */
    private static final String CLIENT_TYPE = "8";

    /** Asks Modal for the protocol's first version, as all of its clients do except the Python one. */
    private static final String CLIENT_VERSION = "1.0.0";

    private static final String USER_AGENT = "sand-boxer/"
            + Objects.requireNonNullElse(ControlClient.class.getPackage().getImplementationVersion(), "dev");

    private final ModalAccount account;
    private final AuthTokens tokens;
    private final Timeouts timeouts;
    private final StatusMapper errors;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final ManagedChannel channel;
    private final UnaryCalls calls;

    public ControlClient(ModalAccount account, AccountState state, Timeouts timeouts) {
        this.account = account;
        this.tokens = state.tokens();
        this.timeouts = timeouts;
        this.errors = new StatusMapper(new Redaction(account.tokenSecret()));
        this.channel = Channels.open(account.server(), USER_AGENT, executor);
        this.calls = new UnaryCalls(channel, timeouts);
    }

    public ModalAccount account() {
        return account;
    }

    public Timeouts timeouts() {
        return timeouts;
    }

    public StatusMapper errors() {
        return errors;
    }

    /** Returns the executor of gRPC's callbacks. */
    public ExecutorService executor() {
        return executor;
    }

    public static String userAgent() {
        return USER_AGENT;
    }

    /**
     * Makes a call that changes nothing. Retries, and every failure has effect {@code NOT_APPLIED}.
     *
     * @param action the call for messages, as in "looking for a sandbox"
     * @param sandbox the sandbox that the call is about; null = none
     */
    public <Q extends MessageLite, R> R read(
            MethodDescriptor<Q, R> method, Q request, String action, @Nullable BackendRef sandbox) {
        try {
            return call(method, request, timeouts.response(), Repeat.ALWAYS, action, sandbox);
        } catch (ExtensionException e) {
            throw new ExtensionException(
                    e.kind(), Effect.NOT_APPLIED, e.retryAfter(), String.valueOf(e.getMessage()), e.getCause());
        }
    }

    /** Makes a call that changes something and is idempotent, so it is retried. */
    public <Q extends MessageLite, R> R change(
            MethodDescriptor<Q, R> method, Q request, String action, @Nullable BackendRef sandbox) {
        return call(method, request, timeouts.response(), Repeat.ALWAYS, action, sandbox);
    }

    /** Deletes something, with retries. Succeeds if it doesn't exist. */
    public <Q extends MessageLite, R> void delete(MethodDescriptor<Q, R> method, Q request, String action) {
        try {
            authenticated(method, request, timeouts.response(), Repeat.ALWAYS);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
                throw errors.failure(e, action, null);
            }
        }
    }

    /** Creates something. Retries only when the call certainly had no effect. */
    <Q extends MessageLite, R> R create(MethodDescriptor<Q, R> method, Q request, String action) {
        return call(method, request, timeouts.creation(), Repeat.WHEN_REFUSED, action, null);
    }

    private <Q extends MessageLite, R> R call(
            MethodDescriptor<Q, R> method,
            Q request,
            Duration limit,
            Repeat repeat,
            String action,
            @Nullable BackendRef sandbox) {
        try {
            return authenticated(method, request, limit, repeat);
        } catch (StatusRuntimeException e) {
            throw errors.failure(e, action, sandbox);
        }
    }

    /** Calls once more with a new token if the first one is refused. */
    private <Q extends MessageLite, R> R authenticated(
            MethodDescriptor<Q, R> method, Q request, Duration limit, Repeat repeat) {
        var token = token();
        try {
            return calls.call(method, request, limit, repeat, () -> headers(token));
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.UNAUTHENTICATED) {
                throw e;
            }
            tokens.reject(token); // it may have been revoked before it expired
            var fresh = token();
            if (fresh.equals(token)) {
                throw e;
            }
            return calls.call(method, request, limit, repeat, () -> headers(fresh));
        }
    }

    /**
     * Reads a stream to its end.
     *
     * @throws StatusRuntimeException when it breaks, or the limit is reached
     */
    <Q extends MessageLite, R> void stream(MethodDescriptor<Q, R> method, Q request, Duration limit, Consumer<R> each) {
        var headers = MetadataUtils.newAttachHeadersInterceptor(headers(token()));
        var with = ClientInterceptors.intercept(channel, headers);
        var options = CallOptions.DEFAULT.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS);
        var context = Context.ROOT.withCancellation();
        var before = context.attach();
        try {
            Iterator<R> answers = ClientCalls.blockingServerStreamingCall(with, method, options, request);
            answers.forEachRemaining(each);
        } finally {
            context.detach(before);
            context.cancel(null); // ends the stream when the consumer has thrown
        }
    }

    private String token() {
        return tokens.get(() -> {
            try {
                var request = AuthTokenGetRequest.getDefaultInstance();
                return calls.call(
                                ModalClientGrpc.getAuthTokenGetMethod(),
                                request,
                                timeouts.response(),
                                Repeat.ALWAYS,
                                () -> headers(""))
                        .getToken();
            } catch (StatusRuntimeException e) {
                var failure = errors.failure(e, "signing in", null);
                throw new ExtensionException(
                        failure.kind(),
                        Effect.NOT_APPLIED,
                        failure.retryAfter(),
                        String.valueOf(failure.getMessage()),
                        null);
            }
        });
    }

    private Metadata headers(String token) {
        var headers = new Metadata();
        put(headers, "x-modal-client-type", CLIENT_TYPE);
        put(headers, "x-modal-client-version", CLIENT_VERSION);
        put(headers, "x-modal-libmodal-version", USER_AGENT);
        put(headers, "x-modal-token-id", account.tokenId());
        put(headers, "x-modal-token-secret", account.tokenSecret());
        put(headers, "x-modal-host", account.server().host());
        if (!token.isEmpty()) {
            put(headers, "x-modal-auth-token", token);
        }
        return headers;
    }

    private static void put(Metadata headers, String name, String value) {
        headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    }

    /** Ends all calls under way. */
    @Override
    public void close() {
        channel.shutdownNow(); // the executor's virtual threads end by themselves
    }
}
