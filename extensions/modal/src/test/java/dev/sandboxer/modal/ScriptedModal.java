package dev.sandboxer.modal;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.modal.rpc.Timeouts;
import dev.sandboxer.protocol.modal.ClientProto.RPCRetryPolicy;
import dev.sandboxer.protocol.modal.ClientProto.RPCStatus;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A Modal server on the loopback address: a control plane with state, and a router whose commands are processes of this
 * machine. Faults are scripted by method, and all calls are recorded.
 */
public final class ScriptedModal implements AutoCloseable {
    static final String SECRET = "as-0123456789abcdef-secret";
    static final Timeouts QUICK = new Timeouts(
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofSeconds(30),
            Duration.ofMillis(500),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            new Timeouts.Delays(Duration.ofSeconds(2), Duration.ofMillis(1), Duration.ofMillis(20)));

    final ScriptedControl control = new ScriptedControl();
    final ScriptedRouter router = new ScriptedRouter();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Server server;
    private final Map<String, Queue<Fault>> faults = new ConcurrentHashMap<>();
    private final List<Asked> asked = new ArrayList<>();

    /** A call as it arrived. */
    record Asked(String method, Metadata headers, Object request) {
        String header(String name) {
            return String.valueOf(headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
        }
    }

    /** @param applied true = the call takes effect and only its answer is lost */
    private record Fault(Status status, Metadata trailers, boolean applied) {}

    ScriptedModal() {
        try {
            server = OkHttpServerBuilder.forPort(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            InsecureServerCredentials.create())
                    .executor(threads)
                    .addService(control)
                    .addService(router)
                    .intercept(new Faults())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        control.routerUrl = "https://127.0.0.1:" + server.getPort();
    }

    String url() {
        return "http://127.0.0.1:" + server.getPort();
    }

    Credential credential() {
        return new Credential(Map.of("token_id", "ak-test", "token_secret", SECRET, "server_url", url()));
    }

    static ExtensionContext context(Path directory) {
        return new ExtensionContext("inst", directory, InstantSource.system());
    }

    Backend open(Path directory) {
        return new ModalExtension(QUICK, System.getProperty("user.name")).open(context(directory), credential());
    }

    /** Refuses the next call of a method. */
    ScriptedModal refuse(String method, Status status) {
        return fault(method, new Fault(status, new Metadata(), false));
    }

    /** Refuses the next call of a method, with a retry delay. */
    ScriptedModal throttle(String method, double seconds) {
        var policy =
                RPCRetryPolicy.newBuilder().setRetryAfterSecs((float) seconds).build();
        var details = RPCStatus.newBuilder()
                .addDetails(com.google.protobuf.Any.pack(policy))
                .build();
        var trailers = new Metadata();
        trailers.put(
                Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER), details.toByteArray());
        var status = Status.RESOURCE_EXHAUSTED.withDescription("Sandbox creation rate limit (5/s) exceeded");
        return fault(method, new Fault(status, trailers, false));
    }

    /** Executes the next call of a method, but loses the answer. */
    ScriptedModal loseAnswer(String method) {
        return fault(method, new Fault(Status.UNAVAILABLE.withDescription("connection lost"), new Metadata(), true));
    }

    private ScriptedModal fault(String method, Fault fault) {
        faults.computeIfAbsent(method, _ -> new ArrayDeque<>()).add(fault);
        return this;
    }

    List<Asked> asked() {
        synchronized (asked) {
            return List.copyOf(asked);
        }
    }

    <T> List<T> asked(String method, Class<T> type) {
        return asked().stream()
                .filter(it -> it.method().equals(method))
                .map(it -> type.cast(it.request()))
                .toList();
    }

    private final class Faults implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            var method = call.getMethodDescriptor().getBareMethodName();
            var planned = faults.get(method);
            Fault fault;
            synchronized (asked) {
                fault = planned == null ? null : planned.poll();
            }
            var answering = fault == null || !fault.applied() ? call : lossy(call, fault);
            var listener =
                    fault != null && !fault.applied() ? refusing(call, fault) : next.startCall(answering, headers);
            return new SimpleForwardingServerCallListener<>(listener) {
                @Override
                public void onMessage(Q message) {
                    synchronized (asked) {
                        asked.add(new Asked(method, headers, message));
                    }
                    super.onMessage(message);
                }
            };
        }
    }

    private static <Q, R> ServerCall<Q, R> lossy(ServerCall<Q, R> call, Fault fault) {
        return new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendMessage(R message) {
                // lost
            }

            @Override
            public void close(Status status, Metadata trailers) {
                super.close(fault.status(), fault.trailers());
            }
        };
    }

    private static <Q, R> ServerCall.Listener<Q> refusing(ServerCall<Q, R> call, Fault fault) {
        call.request(1);
        return new ServerCall.Listener<>() {
            @Override
            public void onHalfClose() {
                call.close(fault.status(), fault.trailers());
            }
        };
    }

    @Override
    public void close() {
        router.close();
        server.shutdownNow();
        // the threads are not shut down, because calls under way still end on them
    }
}
