package dev.sandboxer.http.modal.edge;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.util.NanoTime;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes one line to the access log for each call, including refused calls. The line contains no message content. */
public final class CallLog implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger("access");
    private static final Context.Key<AtomicReference<@Nullable String>> CONSUMER = Context.key("modal-logged-consumer");

    /** Records the consumer of the current call, once it is known. */
    static void note(String consumer) {
        var noted = CONSUMER.get();
        if (noted != null) {
            noted.set(consumer);
        }
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        var line = new Line(call);
        var logged = new SimpleForwardingServerCall<Q, R>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                line.write(status.getCode()); // before the answer, so that a client that has its answer finds the line
                super.close(status, trailers);
            }
        };
        var context = Context.current().withValue(CONSUMER, line.consumer);
        return new SimpleForwardingServerCallListener<>(Contexts.interceptCall(context, logged, headers, next)) {
            @Override
            public void onCancel() {
                super.onCancel();
                line.write(Status.Code.CANCELLED);
            }
        };
    }

    /** The line of one call. It is written once: when the call is answered or when its client cancels, whichever comes first. */
    private static final class Line {
        private final ServerCall<?, ?> call;
        private final long begin = NanoTime.now();
        private final AtomicReference<@Nullable String> consumer = new AtomicReference<>();
        private final AtomicBoolean written = new AtomicBoolean();

        Line(ServerCall<?, ?> call) {
            this.call = call;
        }

        void write(Status.Code status) {
            if (written.getAndSet(true)) {
                return;
            }
            var event = LOG.atInfo()
                    .addKeyValue("from", host(call))
                    .addKeyValue("status", status)
                    .addKeyValue("ms", NanoTime.millisSince(begin));
            var known = consumer.get();
            if (known != null) {
                event = event.addKeyValue("consumer", known);
            }
            event.log("GRPC /{}", call.getMethodDescriptor().getFullMethodName());
        }

        private static @Nullable Object host(ServerCall<?, ?> call) {
            var address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
            return address instanceof InetSocketAddress internet ? internet.getHostString() : address;
        }
    }
}
