package dev.sandboxer.server.it.openapi;

import dev.sandboxer.server.it.LiveServer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Calls a server and compares each answer with the server's own description; remembers what it has seen. */
final class Api implements AutoCloseable {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI server;
    private final Description description;
    private final Set<String> seen = new TreeSet<>();

    Api(String server) throws IOException, InterruptedException {
        this.server = URI.create(server);
        var file = client.send(
                HttpRequest.newBuilder(this.server.resolve("/openapi.yaml")).build(),
                HttpResponse.BodyHandlers.ofString());
        this.description = new Description(file.body());
    }

    Description description() {
        return description;
    }

    /** Operations with a status, such as {@code GET /sandboxes 200}, that were seen and were as described. */
    Set<String> seen() {
        return seen;
    }

    URI uri(String target) {
        return URI.create(server + target);
    }

    Call call(String operation) {
        return new Call(this, operation);
    }

    /** With the key that the operation needs, if it needs one: this one, or the operator's. */
    Call call(String operation, String key) {
        if (description.needsOperator(operation)) {
            return call(operation).header("Authorization", "Bearer " + LiveServer.OPERATOR);
        }
        return description.needsKey(operation) ? call(operation).key(key) : call(operation);
    }

    DescribedAnswer send(String operation, HttpRequest request) {
        return checked(operation, sendUnchecked(request));
    }

    /** For what the description leaves unsaid. */
    DescribedAnswer sendUnchecked(HttpRequest request) {
        try {
            var response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return new DescribedAnswer(
                    response.statusCode(),
                    DescribedAnswer.headers(response.headers().map()),
                    response.body());
        } catch (IOException e) {
            throw new AssertionError(request + " was not answered", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Without the client's own checks of what a URI is. */
    DescribedAnswer sendAsIs(String operation, String target, String... headers) {
        var method = operation.substring(0, operation.indexOf(' '));
        var head = method + " " + target + " HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\n"
                + String.join(
                        "", List.of(headers).stream().map(line -> line + "\r\n").toList())
                + "Content-Length: 0\r\nConnection: close\r\n\r\n";
        try (var socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            var parts = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\r\n\r\n", 2);
            var lines = parts[0].split("\r\n");
            var fields = new HashMap<String, List<String>>();
            for (String line : List.of(lines).subList(1, lines.length)) {
                var field = line.split(": ", 2);
                fields.putIfAbsent(field[0], List.of(field[1]));
            }
            return checked(
                    operation,
                    new DescribedAnswer(
                            Integer.parseInt(lines[0].split(" ")[1]),
                            DescribedAnswer.headers(fields),
                            parts[1].getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new AssertionError(operation + " was not answered", e);
        }
    }

    private DescribedAnswer checked(String operation, DescribedAnswer answer) {
        answer.check(description, operation);
        seen.add(operation + " " + answer.status());
        return answer;
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        client.close();
    }
}
