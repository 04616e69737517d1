package dev.sandboxer.modal.router;

import com.google.protobuf.MessageLite;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.support.redaction.Redaction;
import dev.sandboxer.modal.control.ControlClient;
import dev.sandboxer.modal.control.RouterAccess;
import dev.sandboxer.modal.control.SandboxCalls;
import dev.sandboxer.modal.control.SandboxEnd;
import dev.sandboxer.modal.rpc.Channels;
import dev.sandboxer.modal.rpc.Endpoint;
import dev.sandboxer.modal.rpc.Jwt;
import dev.sandboxer.modal.rpc.StatusMapper;
import io.grpc.CallOptions;
import io.grpc.Channel;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Connection and access token to the router of one sandbox, shared by all sessions in it. The connection is closed
 * while it is idle. Thread-safe.
 */
final class RouterChannel {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /** A token that expires sooner than this is renewed before a call. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    /** How long to wait until Modal has recorded the end of a sandbox. */
    private static final float RECORDING_SECONDS = 2;

    private static final String LOOKING_UP = "looking up a sandbox's router";

    private final BackendRef sandbox;
    private final ControlClient client;
    private final SandboxCalls sandboxes;
    private final InstantSource clock;
    private final ReentrantLock opening = new ReentrantLock();
    private @Nullable RouterAccess first;
    private @Nullable String task;
    private volatile @Nullable OpenRouter open;
    private volatile @Nullable SandboxEnd ended;
    private volatile @Nullable SandboxEnd destroying;

    private record OpenRouter(
            RouterAccess access, Instant expiresAt, Endpoint endpoint, ManagedChannel channel, String task) {}

    /**
     * @param task id of the task that runs the sandbox; null = not known yet
     * @param access as returned by the sandbox's creation; null = not known yet
     */
    RouterChannel(
            BackendRef sandbox,
            ControlClient client,
            SandboxCalls sandboxes,
            InstantSource clock,
            @Nullable String task,
            @Nullable RouterAccess access) {
        this.sandbox = sandbox;
        this.client = client;
        this.sandboxes = sandboxes;
        this.clock = clock;
        this.task = task;
        this.first = access;
    }

    BackendRef sandbox() {
        return sandbox;
    }

    ControlClient client() {
        return client;
    }

    /**
     * Makes a call, and repeats it until there is an answer or the outage has lasted too long. Only for idempotent
     * calls.
     *
     * @param request builds the request for a task id
     * @param action the call for messages, as in "starting a command"
     * @throws StatusRuntimeException when the router refuses the call
     * @throws ExtensionException when the sandbox has ended, or is unreachable for too long
     */
    <Q extends MessageLite, R> R call(
            Context context,
            MethodDescriptor<Q, R> method,
            Function<String, Q> request,
            Duration limit,
            String action) {
        var outage = new Outage(this, action);
        while (true) {
            try {
                return once(context, method, request, limit);
            } catch (StatusRuntimeException e) {
                if (context.isCancelled() || !StatusMapper.isTransient(e)) {
                    throw e;
                }
                outage.pause(e);
            }
        }
    }

    /** Makes a call once, and again with a new token if the first one is refused. */
    <Q extends MessageLite, R> R once(
            Context context, MethodDescriptor<Q, R> method, Function<String, Q> request, Duration limit) {
        var to = open();
        try {
            return once(context, to, method, request, limit);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.UNAUTHENTICATED) {
                throw e;
            }
            return once(context, renew(to), method, request, limit);
        }
    }

    private static <Q extends MessageLite, R> R once(
            Context context,
            OpenRouter to,
            MethodDescriptor<Q, R> method,
            Function<String, Q> request,
            Duration limit) {
        var before = context.attach();
        try {
            return ClientCalls.blockingUnaryCall(with(to), method, within(limit), request.apply(to.task()));
        } finally {
            context.detach(before);
        }
    }

    /**
     * Opens a stream in the thread's own gRPC context. The iterator reads it, and throws when it breaks.
     *
     * @param renewToken true = get a new token first, because the last one was refused
     */
    <Q extends MessageLite, R> Iterator<R> stream(
            MethodDescriptor<Q, R> method, Function<String, Q> request, Duration limit, boolean renewToken) {
        var to = open();
        var current = renewToken ? renew(to) : to;
        return ClientCalls.blockingServerStreamingCall(
                with(current), method, within(limit), request.apply(current.task()));
    }

    private static CallOptions within(Duration limit) {
        return CallOptions.DEFAULT.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static Channel with(OpenRouter to) {
        var headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + to.access().jwt());
        return ClientInterceptors.intercept(to.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private OpenRouter open() {
        var current = open;
        if (current != null && clock.instant().plus(MARGIN).isBefore(current.expiresAt())) {
            requireRunning();
            return current;
        }
        return renew(current);
    }

    /** Returns access with another token than the one used before. */
    private OpenRouter renew(@Nullable OpenRouter used) {
        opening.lock();
        try {
            requireRunning();
            var current = open;
            if (current != null && !current.equals(used)) {
                return current; // another thread has renewed the token
            }
            var access = first;
            first = null;
            if (access == null) {
                access = lookUpAccess();
            }
            var endpoint = endpoint(access);
            var expiresAt = Jwt.expiry(access.jwt()).orElse(Instant.MAX);
            var isSamePlace = current != null && current.endpoint().equals(endpoint);
            if (current != null && !isSamePlace) {
                current.channel().shutdown();
            }
            var channel = current != null && isSamePlace ? current.channel() : channel(endpoint);
            var next = new OpenRouter(access, expiresAt, endpoint, channel, task());
            open = next;
            return next;
        } finally {
            opening.unlock();
        }
    }

    private ManagedChannel channel(Endpoint endpoint) {
        return Channels.open(endpoint, ControlClient.userAgent(), client.executor());
    }

    /** Looks up the router, with retries, because a new sandbox may not have one yet. */
    private RouterAccess lookUpAccess() {
        var outage = new Outage(this, LOOKING_UP);
        while (true) {
            try {
                return sandboxes.routerAccess(sandbox, task());
            } catch (ExtensionException e) {
                if (e.kind() != Kind.TRANSIENT || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                outage.pause(e);
            }
        }
    }

    private String task() {
        var known = task;
        if (known == null) {
            known = sandboxes
                    .taskId(sandbox)
                    .orElseThrow(() -> ExtensionException.notApplied(
                            Kind.TRANSIENT, "the sandbox " + sandbox + " has no machine yet"));
            task = known;
        }
        return known;
    }

    /**
     * Returns the router's address. If the control plane is on this machine without TLS, the router has no TLS either,
     * whatever its scheme.
     */
    private Endpoint endpoint(RouterAccess access) {
        var server = client.account().server();
        var endpoint = Endpoint.parse(access.url())
                .orElseThrow(() -> client.errors().malformed(LOOKING_UP, "the answer has no valid address"));
        if (server.plaintext() && endpoint.isLoopback()) {
            return endpoint.withoutTls();
        }
        if (endpoint.plaintext()) {
            throw client.errors().malformed(LOOKING_UP, "the answer has an address without TLS");
        }
        return endpoint;
    }

    /** @throws ExtensionException {@code GONE} when the sandbox is known to have ended; makes no call */
    private void requireRunning() {
        var known = ended;
        if (known != null) {
            throw known.gone(sandbox);
        }
    }

    /** Like {@link #findEnd()}, but also returns a destruction that is under way in this process. */
    Optional<SandboxEnd> findEndOrDestruction() {
        var destruction = destroying;
        return destruction == null ? findEnd() : Optional.of(destruction);
    }

    /**
     * Like {@link #findEndOrDestruction()}, but waits for an end that Modal has not recorded yet. Use it when something suggests that
     * the sandbox has just ended.
     */
    Optional<SandboxEnd> awaitEndOrDestruction() {
        var destruction = destroying;
        return destruction == null ? findEnd(RECORDING_SECONDS) : Optional.of(destruction);
    }

    /** Asks the control plane how the sandbox has ended; empty while it runs, or when the answer is unknown. */
    Optional<SandboxEnd> findEnd() {
        return findEnd(0);
    }

    private Optional<SandboxEnd> findEnd(float timeout) {
        var known = ended;
        if (known != null) {
            return Optional.of(known);
        }
        var interrupted = Thread.interrupted();
        try {
            var end = sandboxes.findEnd(sandbox, timeout);
            end.ifPresent(it -> ended = it);
            return end;
        } catch (ExtensionException e) {
            return Optional.empty();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Returns the exception for a failed call: the sandbox has ended, the router refused the call, or it is
     * unreachable.
     */
    RuntimeException failure(StatusRuntimeException e, String action) {
        var end = findEnd();
        if (end.isPresent()) {
            return end.get().gone(sandbox);
        }
        var current = open;
        var mapper = new StatusMapper(new Redaction(
                client.account().tokenSecret(),
                current == null ? "" : current.access().jwt()));
        var failure = mapper.failure(e, action, null);
        return switch (e.getStatus().getCode()) {
            case INVALID_ARGUMENT, OUT_OF_RANGE -> refusal(Reason.INVALID, failure);
            case NOT_FOUND -> refusal(Reason.PROCESS_NOT_FOUND, failure);
            case UNIMPLEMENTED -> refusal(Reason.UNSUPPORTED, failure);
            case RESOURCE_EXHAUSTED -> refusal(Reason.LIMIT, failure);
            case UNAUTHENTICATED, PERMISSION_DENIED, FAILED_PRECONDITION ->
                ExtensionException.notApplied(Kind.TRANSIENT, String.valueOf(failure.getMessage()));
            default -> failure;
        };
    }

    private static OperationException refusal(Reason reason, ExtensionException failure) {
        return new OperationException(reason, String.valueOf(failure.getMessage()));
    }

    /** Records that this process is destroying the sandbox; null = the destruction has failed. */
    void setDestroying(@Nullable SandboxEnd end) {
        destroying = end;
    }

    /** Records that the sandbox has ended, and fails all calls that wait for it. */
    void end(SandboxEnd end) {
        ended = end;
        close();
    }

    void close() {
        opening.lock();
        try {
            if (open != null) {
                open.channel().shutdownNow();
            }
        } finally {
            opening.unlock();
        }
    }
}
