package dev.sandboxer.http;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** Runs code on an exchange that a real server has parsed from bytes. */
public final class LiveExchange implements AutoCloseable {
    private static final int TIMEOUT_MS = 30_000;

    private final AtomicReference<Endpoint> endpoint = new AtomicReference<>();
    private final HttpServer server = new HttpServer(
            new Listen("127.0.0.1", 0),
            exchange -> endpoint.get().answer(exchange),
            new PrometheusRegistry(),
            Duration.ZERO);

    public LiveExchange() {
        server.start();
    }

    /** The answer of a server, as text. */
    public record Answer(String head, String body) {
        public int status() {
            return Integer.parseInt(head.split(" ")[1]);
        }
    }

    /** Applies the function to the exchange of a GET request; returns its result or throws its exception. */
    public <T> T get(String target, Function<HttpExchange, T> question, String... headers) {
        return ask("GET", target, question, headers);
    }

    public <T> T ask(String method, String target, Function<HttpExchange, T> question, String... headers) {
        var found = new CompletableFuture<T>();
        endpoint.set(exchange -> {
            try {
                found.complete(question.apply(exchange));
            } catch (RuntimeException e) {
                found.completeExceptionally(e);
            }
            exchange.empty(204);
        });
        var answer = send(method + " " + target + " HTTP/1.1\r\n" + lines(headers) + "Connection: close\r\n\r\n");
        if (!found.isDone()) {
            throw new AssertionError("the server refused the request: " + answer);
        }
        try {
            return found.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    /** Sends bytes and returns all that an endpoint answers until the connection is closed. */
    public Answer answer(Endpoint one, String request) {
        endpoint.set(one);
        return send(request);
    }

    private static String lines(String... headers) {
        var lines = new StringBuilder();
        var hasHost = false;
        for (String header : headers) {
            lines.append(header).append("\r\n");
            hasHost |= header.startsWith("Host:");
        }
        return hasHost ? lines.toString() : "Host: 127.0.0.1\r\n" + lines;
    }

    private Answer send(String request) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            var text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            var end = text.indexOf("\r\n\r\n");
            return new Answer(text.substring(0, end), text.substring(end + 4));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
