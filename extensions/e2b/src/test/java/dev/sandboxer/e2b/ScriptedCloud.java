package dev.sandboxer.e2b;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sandboxer.connect.ConnectError;
import dev.sandboxer.connect.EnvelopeWriter;
import dev.sandboxer.e2b.http.E2bJson;
import dev.sandboxer.e2b.http.Timeouts;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.ExtensionContext;
import java.io.IOException;
import java.io.OutputStream;
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
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;

/** A server on the loopback address that gives the answers a test has scripted, in order, and records all requests. */
public final class ScriptedCloud implements AutoCloseable {
    public static final String KEY = "e2b_0123456789abcdef0123456789abcdef01234567";
    public static final String SANDBOX = "i0123456789abcdefghij";
    public static final Timeouts QUICK = new Timeouts(
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            Duration.ofMillis(1));

    private final HttpServer server;
    private final Map<String, Queue<Answer>> script = new ConcurrentHashMap<>();
    private final List<Asked> asked = new ArrayList<>();
    private volatile Answer otherwise = json(404, "404 page not found");

    /** Writes an answer. */
    public interface Answer {
        void to(HttpExchange exchange, Asked asked) throws IOException;
    }

    /** A request as it arrived. */
    public record Asked(String method, String target, Headers headers, byte[] body) {
        public JsonNode json() {
            return E2bJson.lenient(body);
        }

        public String header(String name) {
            return String.valueOf(headers.getFirst(name));
        }
    }

    public ScriptedCloud() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public Credential credential() {
        return new Credential(Map.of("api_key", KEY, "api_url", url(), "sandbox_url", url()));
    }

    /** Returns an extension with short timeouts. */
    public static E2bExtension extension() {
        return new E2bExtension(QUICK);
    }

    public Backend open(Path directory) {
        return open(directory, QUICK);
    }

    public Backend open(ExtensionContext context) {
        return extension().open(context, credential());
    }

    public Backend open(Path directory, Timeouts timeouts) {
        return new E2bExtension(timeouts).open(context(directory), credential());
    }

    public static ExtensionContext context(Path directory) {
        return new ExtensionContext("inst", directory, InstantSource.system());
    }

    /** Opens a backend whose sandboxes are at another address. */
    public Backend openAt(Path directory, String sandboxUrl) {
        var credential = new Credential(Map.of("api_key", KEY, "api_url", url(), "sandbox_url", sandboxUrl));
        return extension().open(context(directory), credential);
    }

    /** Adds an answer for the next request to a path. The last one added answers all further requests. */
    public ScriptedCloud on(String methodAndPath, Answer answer) {
        var answers = script.computeIfAbsent(methodAndPath, _ -> new ArrayDeque<>());
        synchronized (answers) {
            answers.add(answer);
        }
        return this;
    }

    /** Sets the answer for requests without a script. */
    public void otherwise(Answer answer) {
        otherwise = answer;
    }

    /** Replaces the answers for a path. */
    public ScriptedCloud instead(String methodAndPath, Answer... answers) {
        script.put(methodAndPath, new ArrayDeque<>(List.of(answers)));
        return this;
    }

    public ScriptedCloud on(String methodAndPath, int status, String body) {
        return on(methodAndPath, json(status, body));
    }

    /** Adds a running sandbox. */
    public ScriptedCloud withSandbox() {
        return on("GET /sandboxes/" + SANDBOX, 200, detail("inst-sb-1", "running"));
    }

    public static String detail(String tag, String state) {
        return """
                {"templateID":"base","sandboxID":"%s","clientID":"x","startedAt":"2026-11-25T10:00:00Z",
                 "endAt":"2026-11-25T11:00:00.5Z","cpuCount":2,"memoryMB":512,"diskSizeMB":1024,"state":"%s",
                 "envdVersion":"0.6.13","envdAccessToken":"token-of-the-sandbox",
                 "metadata":{"sandboxer_tag":"%s","sandboxer_installation":"inst"}}""".formatted(SANDBOX, state, tag);
    }

    public static Answer json(int status, String body, String... headers) {
        return (exchange, _) -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            var bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    public static Answer error(int status, String message, String... headers) {
        return json(status, "{\"code\":" + status + ",\"message\":\"" + message + "\"}", headers);
    }

    /** Answers with a stream of messages that ends successfully. */
    public static Answer stream(String... messages) {
        return streaming(envelopes -> {
            for (String message : messages) {
                envelopes.message(message.getBytes(UTF_8));
            }
            envelopes.end();
        });
    }

    public static Answer streamThen(ConnectError error, String... messages) {
        return streaming(envelopes -> {
            for (String message : messages) {
                envelopes.message(message.getBytes(UTF_8));
            }
            envelopes.endError(error);
        });
    }

    /** Writes a stream. */
    public interface Stream {
        void to(EnvelopeWriter envelopes) throws IOException;
    }

    public static Answer streaming(Stream stream) {
        return (exchange, _) -> {
            exchange.getResponseHeaders().set("Content-Type", "application/connect+json");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                stream.to(new EnvelopeWriter(body));
            }
        };
    }

    public List<Asked> asked() {
        synchronized (asked) {
            return List.copyOf(asked);
        }
    }

    public List<Asked> asked(String methodAndPath) {
        return asked().stream()
                .filter(it -> (it.method() + " " + it.target().replaceFirst("\\?.*", "")).equals(methodAndPath))
                .toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        var uri = exchange.getRequestURI();
        var one = new Asked(
                exchange.getRequestMethod(),
                uri.toString(),
                exchange.getRequestHeaders(),
                exchange.getRequestBody().readAllBytes());
        synchronized (asked) {
            asked.add(one);
        }
        var answers = script.get(exchange.getRequestMethod() + " " + uri.getPath());
        var answer = otherwise;
        if (answers != null) {
            synchronized (answers) {
                answer = answers.size() > 1 ? answers.remove() : answers.element();
            }
        }
        try (exchange) {
            answer.to(exchange, one);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
