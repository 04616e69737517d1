package dev.sandboxer.modal.rpc;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Makes calls with one answer. Each has a deadline and an idempotency key, and is retried where that is safe. An
 * interrupt ends a call. Thread-safe.
 */
public final class UnaryCalls {
    private static final int RETRIES = 3;
    private static final Duration MAX_DELAY = Duration.ofSeconds(1);
    private static final Metadata.Key<String> KEY = header("x-idempotency-key");
    private static final Metadata.Key<String> ATTEMPT = header("x-retry-attempt");
    private static final Metadata.Key<String> DELAY = header("x-retry-delay");
    private static final Metadata.Key<String> THROTTLED = header("x-throttle-retry-attempt");
    private static final Metadata.Key<String> THROTTLE_DELAY = header("x-throttle-retry-delay");

    private final Channel channel;
    private final Timeouts timeouts;

    public UnaryCalls(Channel channel, Timeouts timeouts) {
        this.channel = channel;
        this.timeouts = timeouts;
    }

    /** When a failed call may be sent again. */
    public enum Repeat {
        /** After any transient failure, because the call is idempotent. */
        ALWAYS,
        /** Only if the call certainly had no effect. */
        WHEN_REFUSED
    }

    static Metadata.Key<String> header(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /**
     * Makes a call, with retries.
     *
     * @param headers makes the caller's headers, once for each attempt
     * @throws StatusRuntimeException the last attempt's failure
     * @throws ExtensionException when the thread was interrupted between two attempts
     */
    public <Q, R> R call(
            MethodDescriptor<Q, R> method, Q request, Duration limit, Repeat repeat, Supplier<Metadata> headers) {
        var attempts = new Attempts();
        while (true) {
            var all = headers.get();
            attempts.describe(all);
            try {
                return once(method, request, limit, all);
            } catch (StatusRuntimeException e) {
                attempts.pause(attempts.delay(e, repeat));
            }
        }
    }

    /** Uses the root context, so that a gRPC call served by this thread can't cancel this one when it ends. */
    private <Q, R> R once(MethodDescriptor<Q, R> method, Q request, Duration limit, Metadata headers) {
        var with = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
        var options = CallOptions.DEFAULT.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS);
        var before = Context.ROOT.attach();
        try {
            return ClientCalls.blockingUnaryCall(with, method, options, request);
        } finally {
            Context.ROOT.detach(before);
        }
    }

    /** The attempts of one call so far. */
    private final class Attempts {
        private final String key = UUID.randomUUID().toString();
        private final long began = System.nanoTime();
        private int retries;
        private int throttled;
        private Duration waited = Duration.ZERO;

        void describe(Metadata headers) {
            headers.put(KEY, key);
            headers.put(ATTEMPT, Integer.toString(retries));
            headers.put(THROTTLED, Integer.toString(throttled));
            var seconds = Double.toString((System.nanoTime() - began) / 1e9);
            if (retries > 0) {
                headers.put(DELAY, seconds);
            }
            if (throttled > 0) {
                headers.put(THROTTLE_DELAY, seconds);
            }
        }

        /** Returns how long to wait before the next attempt. Throws the failure if there is to be no other attempt. */
        Duration delay(StatusRuntimeException e, Repeat repeat) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            var retryAfter = RetryPolicy.delay(e);
            if (retryAfter != null) {
                waited = waited.plus(retryAfter);
                if (waited.compareTo(timeouts.delays().throttle()) > 0) {
                    throw e;
                }
                throttled++;
                return retryAfter;
            }
            var may = repeat == Repeat.ALWAYS
                    ? StatusMapper.isTransient(e)
                    : StatusMapper.isUnsent(e) && e.getStatus().getCode() == Status.Code.UNAVAILABLE;
            if (!may || retries == RETRIES) {
                throw e;
            }
            var own = timeouts.delays().retry().multipliedBy(1L << retries);
            retries++;
            var most = own.compareTo(MAX_DELAY) < 0 ? own : MAX_DELAY;
            return Duration.ofNanos(ThreadLocalRandom.current().nextLong(most.toNanos() / 2, most.toNanos() + 1));
        }

        void pause(Duration delay) {
            try {
                Thread.sleep(delay);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e);
            }
        }
    }
}
