package dev.sandboxer.modal.control;

import com.google.protobuf.MessageLite;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.support.Redaction;
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

/** Calls to one account's control plane. Thread-safe; an interrupt ends a call. */
public final class ControlClient implements AutoCloseable {
    /** Modal has no type for others. This one gets {@code https} addresses of routers, as its JavaScript client does. */
    private static final String CLIENT_TYPE = "8";

    /** Says to behave as towards the clients of this protocol's first version; the same for all that are not Python. */
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

    /** Runs what gRPC has to tell. */
    public ExecutorService executor() {
        return executor;
    }

    public static String userAgent() {
        return USER_AGENT;
    }

    /**
     * Asks, which changes nothing.
     *
     * @param doing for messages, as in "looking for a sandbox"
     * @param sandbox which one it is about; null when about none
     */
    public <Q extends MessageLite, R> R read(
            MethodDescriptor<Q, R> method, Q request, String doing, @Nullable BackendRef sandbox) {
        try {
            return call(method, request, timeouts.response(), Repeat.ALWAYS, doing, sandbox);
        } catch (ExtensionException e) {
            throw new ExtensionException(
                    e.kind(), Effect.NOT_APPLIED, e.retryAfter(), String.valueOf(e.getMessage()), e.getCause());
        }
    }

    /** Changes something in a way that may be repeated. */
    public <Q extends MessageLite, R> R change(
            MethodDescriptor<Q, R> method, Q request, String doing, @Nullable BackendRef sandbox) {
        return call(method, request, timeouts.response(), Repeat.ALWAYS, doing, sandbox);
    }

    /** Makes something that must not be made twice. */
    <Q extends MessageLite, R> R create(MethodDescriptor<Q, R> method, Q request, String doing) {
        return call(method, request, timeouts.creation(), Repeat.WHEN_REFUSED, doing, null);
    }

    private <Q extends MessageLite, R> R call(
            MethodDescriptor<Q, R> method,
            Q request,
            Duration limit,
            Repeat repeat,
            String doing,
            @Nullable BackendRef sandbox) {
        try {
            var token = token();
            try {
                return calls.call(method, request, limit, repeat, () -> headers(token));
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() != Status.Code.UNAUTHENTICATED) {
                    throw e;
                }
                tokens.reject(token); // it may have been revoked before its time
                var fresh = token();
                if (fresh.equals(token)) {
                    throw e;
                }
                return calls.call(method, request, limit, repeat, () -> headers(fresh));
            }
        } catch (StatusRuntimeException e) {
            throw errors.failure(e, doing, sandbox);
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
            context.cancel(null); // for whoever left early
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
        channel.shutdownNow(); // what it still has to tell runs on threads that end by themselves
    }
}
