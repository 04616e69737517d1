package dev.sandboxer.server.it.openapi;

import dev.sandboxer.server.it.harness.LiveServer;
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

/** Calls a server, compares each answer with the server's openapi.yaml, and collects the answers that it has seen. */
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

    /** Returns the operations with a status, such as {@code GET /sandboxes 200}, whose answers were as described. */
    Set<String> seen() {
        return seen;
    }

    URI uri(String target) {
        return URI.create(server + target);
    }

    Call call(String operation) {
        return new Call(this, operation);
    }

    /** Begins a call with the key that the operation needs: none, the operator's, or the given one. */
    Call call(String operation, String key) {
        if (description.needsOperator(operation)) {
            return call(operation).header("Authorization", "Bearer " + LiveServer.OPERATOR);
        }
        return description.needsKey(operation) ? call(operation).key(key) : call(operation);
    }

    DescribedAnswer send(String operation, HttpRequest request) {
        return checked(operation, sendUnchecked(request));
    }

    /** Sends a request without comparing the answer. */
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

    /** Sends a target that the HTTP client would refuse as a URI. */
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
