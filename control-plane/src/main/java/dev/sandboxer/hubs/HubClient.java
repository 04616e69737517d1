package dev.sandboxer.hubs;

import dev.sandboxer.observe.Redactor;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Sends events to one hub over HTTP. Connects at the first event. Thread-safe. */
final class HubClient implements AutoCloseable {
    /** The time limit from the start of a request to the last byte of the answer. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    private static final int MAX_RESPONSE_BYTES = 8 * 1024;
    private static final int MAX_EXCERPT_LENGTH = 200;
    private static final int UNPROCESSABLE = 422;

    /** Lago's error code for a duplicate event. */
    private static final String DUPLICATE = "value_already_exist";

    private final HubSettings.Endpoint endpoint;
    private final InstantSource clock;
    private final Duration limit;
    private @Nullable HttpClient http;

    HubClient(HubSettings.Endpoint endpoint, InstantSource clock) {
        this(endpoint, clock, LIMIT);
    }

    /** Creates a client with another time limit, for tests. */
    HubClient(HubSettings.Endpoint endpoint, InstantSource clock, Duration limit) {
        this.endpoint = endpoint;
        this.clock = clock;
        this.limit = limit;
    }

    /**
     * Sends an event once. Any failure is an {@link Answer}.
     *
     * @param id the event's id, sent as the idempotency key
     * @throws InterruptedException if the thread is interrupted; the hub may have the event
     */
    Answer send(String id, String body) throws InterruptedException {
        var begun = new AtomicReference<@Nullable ResponseInfo>();
        var exchange = http().sendAsync(request(id, body.getBytes(StandardCharsets.UTF_8)), info -> {
            begun.set(info);
            return new BoundedBody();
        });
        try {
            var response = exchange.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return judge(response.statusCode(), response.headers(), response.body());
        } catch (TimeoutException e) {
            return withoutBody(begun.get(), late());
        } catch (ExecutionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof HttpTimeoutException) {
                return withoutBody(begun.get(), late());
            }
            return withoutBody(begun.get(), "no answer: " + excerpt(cause.toString()));
        } finally {
            exchange.cancel(true);
        }
    }

    private String late() {
        return "no answer within " + limit.toMillis() + " ms";
    }

    private synchronized HttpClient http() {
        if (http == null) {
            http = HttpClient.newBuilder()
                    // simple receivers don't understand an attempt to upgrade to HTTP/2
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(CONNECT_LIMIT.compareTo(limit) < 0 ? CONNECT_LIMIT : limit)
                    .build();
        }
        return http;
    }

    private HttpRequest request(String id, byte[] body) {
        var request = HttpRequest.newBuilder(endpoint.url())
                .timeout(limit)
                .header("Content-Type", CloudEvents.MEDIA_TYPE)
                .header("Idempotency-Key", id)
                .header("User-Agent", "sandboxer")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        var signer = endpoint.signer();
        if (signer != null) {
            var now = clock.instant();
            request.header(StandardWebhooks.ID_HEADER, id)
                    .header(StandardWebhooks.TIMESTAMP_HEADER, Long.toString(StandardWebhooks.seconds(now)))
                    .header(StandardWebhooks.SIGNATURE_HEADER, signer.sign(id, now, body));
        }
        return request.build();
    }

    /** Decides by the status line if it has arrived, even if the response broke off after it. */
    private Answer withoutBody(@Nullable ResponseInfo begun, String problem) {
        return begun == null || begun.statusCode() == UNPROCESSABLE
                ? new Answer.Unsettled(problem, null)
                : judge(begun.statusCode(), begun.headers(), "");
    }

    private Answer judge(int status, HttpHeaders headers, String body) {
        var text = excerpt(body);
        var reason = "HTTP " + status + (text.isEmpty() ? "" : ": " + text);
        return switch (status) {
            case 409 -> new Answer.Accepted();
            case 408, 425, 429 -> new Answer.Unsettled(reason, retryAfter(headers));
            case UNPROCESSABLE -> body.contains(DUPLICATE) ? new Answer.Accepted() : new Answer.Refused(reason);
            default -> {
                if (status >= 200 && status < 300) {
                    yield new Answer.Accepted();
                }
                if (status >= 300 && status < 400) {
                    yield new Answer.Refused("HTTP " + status + ": a redirect; set the hub's URL to its target");
                }
                yield status >= 400 && status < 500
                        ? new Answer.Refused(reason)
                        : new Answer.Unsettled(reason, retryAfter(headers));
            }
        };
    }

    /** Returns the header's seconds, or the time until its date; null if it has neither. */
    private @Nullable Duration retryAfter(HttpHeaders headers) {
        var text = headers.firstValue("Retry-After").orElse("").strip();
        if (text.matches("[0-9]+")) {
            return Duration.ofSeconds(text.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(text));
        }
        try {
            var date = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
            return Duration.between(clock.instant(), date);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Returns the text as one short line without secrets. */
    private static String excerpt(String text) {
        var line = Redactor.clean(text).replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return line.codePoints()
                .limit(MAX_EXCERPT_LENGTH)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Cancels the requests in progress. */
    @Override
    public synchronized void close() {
        if (http != null) {
            http.shutdownNow();
            http.close();
        }
    }

    /** Reads the beginning of an answer and cancels the rest. */
    private static final class BoundedBody implements BodySubscriber<String> {
        private final CompletableFuture<String> text = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Flow.@Nullable Subscription subscription;

        @Override
        public CompletionStage<String> getBody() {
            return text;
        }

        @Override
        public void onSubscribe(Flow.Subscription fresh) {
            subscription = fresh;
            fresh.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                var part = new byte[Math.min(buffer.remaining(), MAX_RESPONSE_BYTES - bytes.size())];
                buffer.get(part);
                bytes.writeBytes(part);
            }
            if (bytes.size() >= MAX_RESPONSE_BYTES) {
                if (subscription != null) {
                    subscription.cancel();
                }
                onComplete();
            }
        }

        @Override
        public void onError(Throwable failure) {
            text.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            text.complete(bytes.toString(StandardCharsets.UTF_8));
        }
    }
}
