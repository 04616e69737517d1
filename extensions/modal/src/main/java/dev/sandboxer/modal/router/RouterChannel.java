package dev.sandboxer.modal.router;

import com.google.protobuf.MessageLite;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.support.Redaction;
import dev.sandboxer.modal.control.ControlClient;
import dev.sandboxer.modal.control.Ending;
import dev.sandboxer.modal.control.RouterAccess;
import dev.sandboxer.modal.control.SandboxCalls;
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
 * The router of one sandbox: what opens it, and the connection, which all that work in the sandbox share. The connection is closed while
 * nobody needs it. Thread-safe.
 */
final class RouterChannel {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /** A token that ends sooner than this is renewed first. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private static final float SOON_SECONDS = 1;

    private final BackendRef sandbox;
    private final ControlClient client;
    private final SandboxCalls sandboxes;
    private final InstantSource clock;
    private final ReentrantLock opening = new ReentrantLock();
    private @Nullable RouterAccess first;
    private @Nullable String task;
    private volatile @Nullable Open open;
    private volatile @Nullable Ending ended;
    private volatile @Nullable Ending destroying;

    private record Open(
            RouterAccess access, Instant expiresAt, Endpoint endpoint, ManagedChannel channel, String task) {}

    /**
     * @param task what runs the sandbox; null = to be asked for
     * @param access as it was told at the sandbox's creation; null = to be asked for
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
     * Calls, as often as it takes to get an answer, as long as an outage may last. Only for what may be repeated.
     *
     * @param request made for the task that runs the sandbox
     * @param doing for messages, as in "starting a command"
     * @throws StatusRuntimeException when the router answers no
     * @throws ExtensionException when the sandbox has ended, or is out of reach for too long
     */
    <Q extends MessageLite, R> R call(
            Context context, MethodDescriptor<Q, R> method, Function<String, Q> request, Duration limit, String doing) {
        var outage = new Outage(this, doing);
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

    /** Calls once, and once more with a new token when the first one is refused. */
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
            Context context, Open to, MethodDescriptor<Q, R> method, Function<String, Q> request, Duration limit) {
        var before = context.attach();
        try {
            return ClientCalls.blockingUnaryCall(with(to), method, within(limit), request.apply(to.task()));
        } finally {
            context.detach(before);
        }
    }

    /**
     * Opens a stream in the thread's own gRPC context. It is read with the iterator, which throws when it breaks.
     *
     * @param renewed whether the token was refused just now
     */
    <Q extends MessageLite, R> Iterator<R> stream(
            MethodDescriptor<Q, R> method, Function<String, Q> request, Duration limit, boolean renewed) {
        var to = open();
        var current = renewed ? renew(to) : to;
        return ClientCalls.blockingServerStreamingCall(
                with(current), method, within(limit), request.apply(current.task()));
    }

    private static CallOptions within(Duration limit) {
        return CallOptions.DEFAULT.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static Channel with(Open to) {
        var headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + to.access().jwt());
        return ClientInterceptors.intercept(to.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private Open open() {
        var current = open;
        if (current != null && clock.instant().plus(MARGIN).isBefore(current.expiresAt())) {
            requireRunning();
            return current;
        }
        return renew(current);
    }

    /** With a token that is not the one that was used before. */
    private Open renew(@Nullable Open used) {
        opening.lock();
        try {
            requireRunning();
            var current = open;
            if (current != null && !current.equals(used)) {
                return current; // another thread has renewed it
            }
            var access = first;
            first = null;
            if (access == null) {
                access = access();
            }
            var endpoint = endpoint(access);
            var expiresAt = Jwt.expiry(access.jwt()).orElse(Instant.MAX);
            var isSamePlace = current != null && current.endpoint().equals(endpoint);
            if (current != null && !isSamePlace) {
                current.channel().shutdown();
            }
            var channel = current != null && isSamePlace ? current.channel() : channel(endpoint);
            var next = new Open(access, expiresAt, endpoint, channel, task());
            open = next;
            return next;
        } finally {
            opening.unlock();
        }
    }

    private ManagedChannel channel(Endpoint endpoint) {
        return Channels.open(endpoint, ControlClient.userAgent(), client.executor());
    }

    /** A sandbox that was just made may not have its router yet. */
    private RouterAccess access() {
        var outage = new Outage(this, "asking for a sandbox's router");
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

    /** Where the control plane is on this machine and without TLS, so is the router, whatever the scheme says. */
    private Endpoint endpoint(RouterAccess access) {
        var server = client.account().server();
        var endpoint = Endpoint.parse(access.url())
                .orElseThrow(() -> client.errors().malformed("asking for a sandbox's router", "no address"));
        if (server.plaintext() && endpoint.isLoopback()) {
            return endpoint.withoutTls();
        }
        if (endpoint.plaintext()) {
            throw client.errors().malformed("asking for a sandbox's router", "an address without TLS");
        }
        return endpoint;
    }

    /** @throws ExtensionException {@code GONE} when it is known to have ended; asks nobody */
    private void requireRunning() {
        var known = ended;
        if (known != null) {
            throw known.gone(sandbox);
        }
    }

    /** How the sandbox has ended, by the control plane; empty while it runs, or when nobody can say. */
    Optional<Ending> ending() {
        return ending(0);
    }

    /** Like {@link #ending()}; empty no longer when somebody here is ending it. */
    Optional<Ending> endingNow() {
        var under = destroying;
        return under == null ? ending() : Optional.of(under);
    }

    /** Like {@link #endingNow()}, for a command that was killed: when a sandbox ends, its commands go first. */
    Optional<Ending> endingSoon() {
        var under = destroying;
        return under == null ? ending(SOON_SECONDS) : Optional.of(under);
    }

    private Optional<Ending> ending(float timeout) {
        var known = ended;
        if (known != null) {
            return Optional.of(known);
        }
        var interrupted = Thread.interrupted();
        try {
            var told = sandboxes.ending(sandbox, timeout);
            told.ifPresent(it -> ended = it);
            return told;
        } catch (ExtensionException e) {
            return Optional.empty();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What a call's failure means: that the sandbox has ended, that it says no, or that it is out of reach. */
    RuntimeException failure(StatusRuntimeException e, String doing) {
        var ending = ending();
        if (ending.isPresent()) {
            return ending.get().gone(sandbox);
        }
        var current = open;
        var mapper = new StatusMapper(new Redaction(
                client.account().tokenSecret(),
                current == null ? "" : current.access().jwt()));
        var failure = mapper.failure(e, doing, null);
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

    /** Somebody here is ending the sandbox; null when that has failed. */
    void destroying(@Nullable Ending ending) {
        destroying = ending;
    }

    /** The sandbox has ended; whoever waits for it learns that. */
    void end(Ending ending) {
        ended = ending;
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
