package dev.sandboxer.e2b.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;

/**
 * The connection pool of a backend. Calls with a single answer use HTTP/2 where the server has it, up to a limit. A
 * stream gets an HTTP/1.1 connection of its own, because streams in HTTP/2 share one window, and one that nobody reads
 * would block the others. Redirects are not followed, since they could send secrets elsewhere. Thread-safe; an
 * interrupt ends a call.
 */
public final class HttpCalls implements AutoCloseable {
    private static final int MAX_RESPONSE_BYTES = 64 << 20;
    private static final Duration MAX_CLOSE_TIME = Duration.ofSeconds(1);
    private static final String HTTPS = "https";

    /**
     * Below what servers allow on one connection: the JDK's client fails calls beyond that limit instead of queueing
     * them.
     */
    private static final int MAX_OVER_HTTP2 = 50;

    private final HttpClient client;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore overHttp2 = new Semaphore(MAX_OVER_HTTP2);
    private final Timeouts timeouts;

    public HttpCalls(Timeouts timeouts) {
        this.timeouts = timeouts;
        this.client = HttpClient.newBuilder()
                .connectTimeout(timeouts.connect())
                .followRedirects(Redirect.NEVER)
                .executor(threads)
                .build();
    }

    public Timeouts timeouts() {
        return timeouts;
    }

    /** Returns a builder for a request to a valid address. */
    public static HttpRequest.Builder request(String address) {
        var uri = URI.create(address);
        return HttpRequest.newBuilder(uri)
                .version(HTTPS.equals(uri.getScheme()) ? Version.HTTP_2 : Version.HTTP_1_1)
                .header("User-Agent", "sand-boxer");
    }

    /** Returns the whole response, of at most 64 MiB. */
    public Reply call(HttpRequest.Builder request, Duration limit) throws CallFailedException {
        return begin(request).await(limit);
    }

    /** Sends a request whose response, of at most 64 MiB, is awaited later. */
    public PendingReply begin(HttpRequest.Builder request) {
        var handler = BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_RESPONSE_BYTES);
        var built = request.build();
        var shared = built.version().filter(Version.HTTP_2::equals).isPresent() && overHttp2.tryAcquire();
        var answer = client.sendAsync(
                shared ? built : request.version(Version.HTTP_1_1).build(), handler);
        if (shared) {
            answer.whenComplete((_, _) -> overHttp2.release());
        }
        return new PendingReply(answer, built.uri().getHost());
    }

    /** A call under way. */
    public final class PendingReply {
        private final CompletableFuture<HttpResponse<byte[]>> answer;
        private final String host;

        private PendingReply(CompletableFuture<HttpResponse<byte[]>> answer, String host) {
            this.answer = answer;
            this.host = host;
        }

        public Reply await(Duration limit) throws CallFailedException {
            var response = HttpCalls.this.await(answer, host, limit);
            return new Reply(response.statusCode(), response.headers(), response.body());
        }

        /** Ends the call; a thread in {@link #await} gets an exception. */
        public void cancel() {
            answer.cancel(true);
        }
    }

    /** Returns a response whose body still arrives. The caller closes the body, which ends the transfer. */
    public HttpResponse<InputStream> open(HttpRequest.Builder request, Duration limit) throws CallFailedException {
        var http1 = request.version(Version.HTTP_1_1).build();
        return await(
                client.sendAsync(http1, _ -> new ResponseBodyStream()),
                http1.uri().getHost(),
                limit);
    }

    private <T> HttpResponse<T> await(CompletableFuture<HttpResponse<T>> answer, String host, Duration limit)
            throws CallFailedException {
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failure(e, host);
        } catch (CancellationException e) {
            throw aborted(e);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw CallFailedException.noAnswer("no answer within " + limit.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw CallFailedException.interrupted(e);
        }
    }

    private static CallFailedException aborted(CancellationException e) {
        return CallFailedException.noAnswer("aborted, because no data moved for too long", e);
    }

    private CallFailedException failure(ExecutionException e, String host) {
        return switch (e.getCause()) {
            case CancellationException cause -> aborted(cause);
            case IOException cause -> failure(cause, host);
            case null, default -> CallFailedException.noAnswer("the call failed", e);
        };
    }

    private CallFailedException failure(IOException cause, String host) {
        return switch (cause) {
            case HttpConnectTimeoutException _ ->
                CallFailedException.notSent(
                        "no connection to " + host + " within "
                                + timeouts.connect().toSeconds() + " s",
                        cause);
            case ConnectException _ -> CallFailedException.notSent("no connection to " + host + detail(cause), cause);
            case SSLHandshakeException _ ->
                CallFailedException.notSent("no secure connection to " + host + detail(cause), cause);
            default -> CallFailedException.noAnswer("the connection to " + host + " broke" + detail(cause), cause);
        };
    }

    private static String detail(IOException cause) {
        var message = cause.getCause() instanceof UnresolvedAddressException ? "unknown host" : cause.getMessage();
        return message == null || message.isBlank() ? "" : ": " + message;
    }

    /** Ends all calls under way. */
    @Override
    public void close() {
        client.shutdownNow();
        threads.shutdown();
        try {
            // without this, the client's selector thread can delay the JVM's exit by 300 ms
            client.awaitTermination(MAX_CLOSE_TIME);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
