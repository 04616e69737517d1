package dev.sandboxer.http;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.ports.ClientWatch;
import dev.sandboxer.http.ports.RequestIdleTimeout;
import dev.sandboxer.observe.VirtualThreads;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
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

/** One request and its answer. Used only by the thread that serves it. */
public final class HttpExchange {
    /** The longest body that is read into memory, in bytes. */
    public static final int MAX_BODY_BYTES = 8 << 20;

    private static final int MAX_NOTED = 20;

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Timeouts timeouts;
    private final BodyMemory bodies;
    private final Notes notes = new Notes();
    private Map<String, String> parameters = Map.of();
    private @Nullable Map<String, List<String>> query;
    private @Nullable InputStream input;
    private @Nullable ClientWatch watch;
    private byte @Nullable [] read;
    private int held;
    private boolean completed;

    HttpExchange(Request request, Response response, Callback callback, Timeouts timeouts, BodyMemory bodies) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.timeouts = timeouts;
        this.bodies = bodies;
    }

    /** Facts about a request that only the endpoint knows, for the access log and the metrics. */
    public static final class Notes {
        public @Nullable String route;
        public @Nullable String consumer;
        public @Nullable String sandbox;

        /** Names of unknown fields in the request's body, which were ignored. */
        final List<String> unknownFields = new ArrayList<>();
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

    /** Returns the request with a body that can be read, even after {@link #body} has read it. */
    public Request wholeRequest() {
        return read == null ? request : new BufferedRequest(request, read);
    }

    /** Returns Jetty's callback. The caller must then complete the exchange itself. */
    public Callback callback() {
        completed = true;
        return callback;
    }

    /** Undoes {@link #callback} if the caller has not completed the callback and will not do so. */
    public void reopen() {
        completed = false;
    }

    boolean completed() {
        return completed;
    }

    public String method() {
        return request.getMethod();
    }

    /** Returns the path as it was sent, with its escapes. */
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

    /** Returns the decoded value of a variable in the route's pattern. */
    public String parameter(String name) {
        var value = parameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no variable " + name);
        }
        return value;
    }

    /** Returns the first value of a query parameter; null if it is absent. */
    public @Nullable String query(String name) {
        var values = queries(name);
        return values.isEmpty() ? null : values.getFirst();
    }

    /** Returns all values of a query parameter, in the order of the query. */
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

    /**
     * Decodes the escapes of a query.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} if one is malformed
     */
    public static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new SandboxException(ErrorCode.INVALID_ARGUMENT, "the query has a malformed escape", e);
        }
    }

    /** Returns the body as it arrives. Closing the stream does nothing, because Jetty would close the connection. */
    public InputStream input() {
        if (input == null) {
            input = new FilterInputStream(Content.Source.asInputStream(request)) {
                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    // the JDK's readNBytes may ask for 0 bytes; Jetty would wait for content even then
                    return length == 0 ? 0 : super.read(bytes, offset, length);
                }

                @Override
                public void close() {
                    // the stream ends with the exchange
                }
            };
        }
        return input;
    }

    /** Like {@link #input}, but reading fails with {@code TOO_SLOW} if the body takes longer than {@link Timeouts#body}. */
    public InputStream timedInput() {
        return new TimedInput(input(), timeouts.body());
    }

    /**
     * Reads the whole body into memory.
     *
     * @throws SandboxException {@code TOO_LARGE} if it is longer than {@link #MAX_BODY_BYTES}; {@code TOO_SLOW} if it does not arrive
     *     in time; {@code OVERLOADED} if the server already holds too many bodies
     */
    public byte[] body() throws IOException {
        requireShort(request.getLength()); // refuse an oversized body before it arrives
        try (var input = timedInput()) {
            var whole = input.readNBytes(BodyMemory.SHORT + 1);
            if (whole.length > BodyMemory.SHORT) {
                whole = longBody(whole, input);
            }
            read = whole;
            return whole;
        }
    }

    private byte[] longBody(byte[] start, InputStream input) throws IOException {
        var most = request.getLength() < 0 ? MAX_BODY_BYTES : (int) request.getLength();
        bodies.reserve(most, timeouts.body());
        held += most;
        var rest = input.readNBytes(MAX_BODY_BYTES + 1 - start.length);
        requireShort((long) start.length + rest.length);
        var whole = Arrays.copyOf(start, start.length + rest.length);
        System.arraycopy(rest, 0, whole, start.length, rest.length);
        return whole;
    }

    /** Releases the memory reserved for the body. To be called when the request has been served. */
    void release() {
        bodies.release(held);
        held = 0;
    }

    private static void requireShort(long length) {
        if (length > MAX_BODY_BYTES) {
            throw new SandboxException(
                    ErrorCode.TOO_LARGE, "the body is longer than " + (MAX_BODY_BYTES >> 20) + " MiB");
        }
    }

    /** Completes the exchange: sends the whole answer, then waits for the unread rest of the body. */
    void finish() throws IOException {
        // a client that waits for "100 Continue" sends no body, and an HTTP/2 client can be told to stop
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
     * Reads the body as JSON. An unknown field is an error. An empty body counts as <code>{}</code>.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} if the body is not JSON of that type; as {@link #body} does
     */
    public <T> T json(Class<T> type) throws IOException {
        var body = body();
        return WireJson.read(body.length == 0 ? new byte[] {'{', '}'} : body, type);
    }

    /**
     * Reads the body like {@link #json}, but ignores unknown fields, which are logged and counted. For APIs that others define, whose
     * clients may be newer than this server.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} if the body is not JSON of that type; as {@link #body} does
     */
    public <T> T lenientJson(Class<T> type) throws IOException {
        var body = body();
        return WireJson.readLenient(body.length == 0 ? new byte[] {'{', '}'} : body, type, name -> {
            if (notes.unknownFields.size() < MAX_NOTED) {
                notes.unknownFields.add(name);
            }
        });
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

    /** Begins an answer and returns the stream for its body. Each write is sent at once. */
    public OutputStream stream(int status, String type) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        if (!response.getHeaders().contains(HttpHeader.CONTENT_LENGTH)
                && request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1) {
            // if the client sent "Connection: close", Jetty would end the body by closing the connection, and a cut
            // answer would look complete
            response.getHeaders().put(HttpHeader.TRANSFER_ENCODING, "chunked");
        }
        return Content.Sink.asOutputStream(response);
    }

    /** Removes the headers that describe a body. To be called before another body is sent instead. */
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

    /** Runs the endpoint of a route that matched. */
    public void run(RouteTable.Match.Found found) throws IOException {
        notes.route = found.route().method() + " " + found.route().pattern();
        parameters = found.parameters();
        found.route().endpoint().answer(this);
    }

    /** Returns true if a part of the answer has been sent. */
    public boolean committed() {
        return response.isCommitted();
    }

    /**
     * Runs the work once when the client closes its connection or stream, even while no data is sent. Jetty reports this for HTTP/2
     * clients; other connections are watched. If the client has not sent its whole request, the close is noticed only when a write fails.
     */
    public void onClientClosed(Runnable work) {
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

    /** Stops watching the client. To be called before the exchange is completed, since Jetty then reads from the connection again. */
    void stopWatching() {
        if (watch != null) {
            watch.end();
        }
    }

    /** Turns off the idle timeout, since a stream to or from a sandbox may be silent for any time. */
    public void disableIdleTimeout() {
        RequestIdleTimeout.lift(request);
    }
}
