package dev.sandboxer.http;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.ByteArrayOutputStream;
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
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.NanoTime;
import org.jspecify.annotations.Nullable;

/** One request and its answer. For the one thread that serves it. */
public final class Exchange {
    /** No body that is held in memory may be longer, or take longer to arrive. */
    public static final int LONGEST_BODY = 8 << 20;

    private static final int SLOWEST_BODY_S = 60;
    private static final long LONGEST_SKIP = 32L << 20;

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final Notes notes = new Notes();
    private Map<String, String> parameters = Map.of();
    private @Nullable Map<String, List<String>> query;
    private @Nullable InputStream input;
    private boolean completed;

    Exchange(Request request, Response response, Callback callback) {
        this.request = request;
        this.response = response;
        this.callback = callback;
    }

    /** What the access log and the metrics tell of this request beyond what they see for themselves. */
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

    /** Completes the exchange; for those that speak to Jetty themselves. */
    public Callback callback() {
        completed = true;
        return callback;
    }

    /** After all, whoever took the callback has not completed it. */
    public void reopen() {
        completed = false;
    }

    boolean completed() {
        return completed;
    }

    public String method() {
        return request.getMethod();
    }

    /** As it was sent, escapes and all. */
    public String path() {
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
                public void close() {
                    // it ends with the exchange
                }
            };
        }
        return input;
    }

    /**
     * The whole body.
     *
     * @throws SandboxException {@code TOO_LARGE} when it is longer than {@link #LONGEST_BODY}
     */
    public byte[] body() throws IOException {
        var begun = NanoTime.now();
        var whole = new ByteArrayOutputStream();
        try (var input = input()) {
            var chunk = new byte[16 << 10];
            for (int n = input.read(chunk); n >= 0; n = input.read(chunk)) {
                whole.write(chunk, 0, n);
                if (whole.size() > LONGEST_BODY) {
                    throw new SandboxException(
                            ErrorCode.TOO_LARGE, "the body is longer than " + (LONGEST_BODY >> 20) + " MiB");
                }
                if (NanoTime.elapsed(begun, NanoTime.now()) > TimeUnit.SECONDS.toNanos(SLOWEST_BODY_S)) {
                    throw new SandboxException(
                            ErrorCode.TOO_SLOW, "the body took more than " + SLOWEST_BODY_S + " s to arrive");
                }
            }
        }
        return whole.toByteArray();
    }

    /**
     * Reads what is left of the body and throws it away, as far as that is reasonable. A client that is still sending when its
     * request is refused would find the connection closed, and never read why.
     */
    public void skipBody() throws IOException {
        var begun = NanoTime.now();
        var piece = new byte[64 << 10];
        var left = LONGEST_SKIP;
        var input = input();
        for (int n = input.read(piece); n >= 0; n = input.read(piece)) {
            left -= n;
            if (left < 0 || NanoTime.since(begun) > TimeUnit.SECONDS.toNanos(SLOWEST_BODY_S)) {
                return;
            }
        }
    }

    /**
     * The body, which has to be such an object; an empty one counts as <code>{}</code>.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public <T> T json(Class<T> type) throws IOException {
        var body = body();
        return Json.read(body.length == 0 ? new byte[] {'{', '}'} : body, type);
    }

    public void header(String name, String value) {
        response.getHeaders().put(name, value);
    }

    /** Answers with JSON. */
    public void json(int status, Object value) throws IOException {
        bytes(status, "application/json", Json.bytes(value));
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

    /** Answers with what is written to the stream; each write leaves at once. */
    public OutputStream stream(int status, String type) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        return Content.Sink.asOutputStream(response);
    }

    /** Forgets what was said about a body that is not sent after all. */
    public void clearContentHeaders() {
        for (var name : List.of(
                HttpHeader.CONTENT_LENGTH,
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

    /** Whether a part of the answer has left. */
    public boolean committed() {
        return response.isCommitted();
    }

    /** Does that when the client goes away, as far as that can be seen before something is written to it. */
    public void onGone(Runnable work) {
        request.addFailureListener(failure -> work.run());
    }

    /** Silence is normal from now on: a stream to or from a sandbox. */
    public void expectSilence() {
        request.addIdleTimeoutListener(timeout -> false);
    }
}
