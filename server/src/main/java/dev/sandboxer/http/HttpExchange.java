package dev.sandboxer.http;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.ports.ClientWatch;
import dev.sandboxer.http.ports.Silence;
import dev.sandboxer.observe.VirtualThreads;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** One request and its answer. For the one thread that serves it. */
public final class HttpExchange {
    /** The limit, in bytes, for a body that is held in memory. */
    public static final int LONGEST_BODY = 8 << 20;

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Timeouts timeouts;
    private final Notes notes = new Notes();
    private Map<String, String> parameters = Map.of();
    private @Nullable Map<String, List<String>> query;
    private @Nullable InputStream input;
    private @Nullable ClientWatch watch;
    private byte @Nullable [] read;
    private boolean completed;

    HttpExchange(Request request, Response response, Callback callback, Timeouts timeouts) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.timeouts = timeouts;
    }

    /** What the access log and the metrics say about this request and can't see for themselves. */
    public static final class Notes {
        public @Nullable String route;
        public @Nullable String consumer;
        public @Nullable String sandbox;
    }

    public Notes notes() {
        return notes;
    }

    public Request request() {
        return request;
    }

    public Response response() {
        return response;
    }

    /** The request with its body, also when {@link #body} was read. */
    public Request wholeRequest() {
        return read == null ? request : new WholeRequest(request, read);
    }

    /** Hands over the callback that completes the exchange; for code that speaks to Jetty itself. */
    public Callback callback() {
        completed = true;
        return callback;
    }

    /** Undoes {@link #callback}: it was never completed. */
    public void reopen() {
        completed = false;
    }

    boolean completed() {
        return completed;
    }

    public String method() {
        return request.getMethod();
    }

    /** The path as it was sent, with its escapes. */
    public String path() {
        return pathOf(request);
    }

    static String pathOf(Request request) {
        var path = request.getHttpURI().getPath();
        return path == null ? "/" : path;
    }

    public @Nullable String header(String name) {
        return request.getHeaders().get(name);
    }

    /** A variable of the route's pattern, decoded. */
    public String parameter(String name) {
        var value = parameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no variable " + name);
        }
        return value;
    }

    /** The first value of a query parameter; null when there is none. */
    public @Nullable String query(String name) {
        var values = queries(name);
        return values.isEmpty() ? null : values.getFirst();
    }

    /** All values of a query parameter. */
    public List<String> queries(String name) {
        if (query == null) {
            query = parse(request.getHttpURI().getQuery());
        }
        return query.getOrDefault(name, List.of());
    }

    private static Map<String, List<String>> parse(@Nullable String text) {
        var found = new HashMap<String, List<String>>();
        if (text != null) {
            for (String pair : text.split("&")) {
                var at = pair.indexOf('=');
                var name = decode(at < 0 ? pair : pair.substring(0, at));
                found.computeIfAbsent(name, any -> new ArrayList<>()).add(at < 0 ? "" : decode(pair.substring(at + 1)));
            }
        }
        return found;
    }

    /** Undoes the escapes of a query. */
    public static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new SandboxException(ErrorCode.INVALID_ARGUMENT, "the query has a malformed escape", e);
        }
    }

    /** The body as it arrives. Closing it does nothing: Jetty would take that for a reason to close the connection. */
    public InputStream input() {
        if (input == null) {
            input = new FilterInputStream(Content.Source.asInputStream(request)) {
                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    // Jetty's waits for content even when none is wanted, and the JDK's readNBytes asks for none
                    return length == 0 ? 0 : super.read(bytes, offset, length);
                }

                @Override
                public void close() {
                    // it ends with the exchange
                }
            };
        }
        return input;
    }

    /** Like {@link #input}, for a body that has to arrive in time. Reading fails with {@code TOO_SLOW} when it is late. */
    public InputStream timedInput() {
        return new TimedInput(input(), timeouts.body());
    }

    /**
     * The whole body.
     *
     * @throws SandboxException {@code TOO_LARGE} when it is longer than {@link #LONGEST_BODY}; {@code TOO_SLOW}
     */
    public byte[] body() throws IOException {
        requireShort(request.getLength()); // what is announced too long is not waited for
        try (var input = timedInput()) {
            var whole = input.readNBytes(LONGEST_BODY + 1);
            requireShort(whole.length);
            read = whole;
            return whole;
        }
    }

    private static void requireShort(long length) {
        if (length > LONGEST_BODY) {
            throw new SandboxException(ErrorCode.TOO_LARGE, "the body is longer than " + (LONGEST_BODY >> 20) + " MiB");
        }
    }

    /** Completes the exchange. The whole answer is sent first, then the unread rest of the body is awaited. */
    void finish() throws IOException {
        // a client that was not told to continue sends nothing, and an HTTP/2 client is told to stop
        var silent = input == null && request.getHeaders().contains(HttpHeader.EXPECT);
        var drain = new RequestDrain(request, timeouts);
        if (silent || request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2 || drain.skipArrived()) {
            callback.succeeded();
            return;
        }
        if (!response.hasLastWrite()) {
            Content.Sink.write(response, true, BufferUtil.EMPTY_BUFFER);
        }
        try {
            if (drain.await()) {
                callback.succeeded();
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        callback.failed(new EofException("the rest of the request did not arrive after its answer"));
    }

    /**
     * Reads the body as JSON of that type. An unknown field is an error; an empty body counts as <code>{}</code>.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public <T> T json(Class<T> type) throws IOException {
        var body = body();
        return WireJson.read(body.length == 0 ? new byte[] {'{', '}'} : body, type);
    }

    public void header(String name, String value) {
        response.getHeaders().put(name, value);
    }

    /** Answers with JSON. */
    public void json(int status, Object value) throws IOException {
        bytes(status, "application/json", WireJson.bytes(value));
    }

    public void bytes(int status, String type, byte[] content) throws IOException {
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, content.length);
        try (var out = stream(status, type)) {
            out.write(content);
        }
    }

    public void empty(int status) {
        response.setStatus(status);
    }

    /** Answers with what is written to the returned stream. Each write is sent at once. */
    public OutputStream stream(int status, String type) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        if (!response.getHeaders().contains(HttpHeader.CONTENT_LENGTH)
                && request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1) {
            // said explicitly: to a client that wants no second answer, the connection's end would be the body's, cut
            // or not
            response.getHeaders().put(HttpHeader.TRANSFER_ENCODING, "chunked");
        }
        return Content.Sink.asOutputStream(response);
    }

    /** Removes the headers that describe a body, for when another body is sent instead. */
    public void clearContentHeaders() {
        for (var name : List.of(
                HttpHeader.CONTENT_LENGTH,
                HttpHeader.TRANSFER_ENCODING,
                HttpHeader.CONTENT_ENCODING,
                HttpHeader.CONTENT_DISPOSITION,
                HttpHeader.LAST_MODIFIED,
                HttpHeader.ACCEPT_RANGES)) {
            response.getHeaders().remove(name);
        }
    }

    /** Lets the route's endpoint answer. */
    public void run(RouteTable.Match.Found found) throws IOException {
        notes.route = found.route().method() + " " + found.route().pattern();
        parameters = found.parameters();
        found.route().endpoint().answer(this);
    }

    /** Returns true if a part of the answer was sent. */
    public boolean committed() {
        return response.isCommitted();
    }

    /**
     * Runs the work once if the client goes away, even while nothing is written to it. Jetty reports that for HTTP/2 clients;
     * other connections are watched. A client that has not sent its whole request is noticed only when it is written to.
     */
    public void onGone(Runnable work) {
        var once = new AtomicBoolean();
        Runnable gone = () -> {
            if (once.compareAndSet(false, true)) {
                VirtualThreads.start("client-gone", work);
            }
        };
        request.addFailureListener(failure -> gone.run());
        if (new RequestDrain(request, timeouts).skipArrived()) {
            watch = new ClientWatch(request, gone);
            watch.arm();
        }
    }

    /** Stops watching the client. Call it before the exchange is completed: from then on Jetty reads the connection. */
    void stopWatching() {
        if (watch != null) {
            watch.end();
        }
    }

    /** Turns the idle timeout off, since a stream to or from a sandbox may be silent. */
    public void expectSilence() {
        Silence.expect(request);
    }
}
