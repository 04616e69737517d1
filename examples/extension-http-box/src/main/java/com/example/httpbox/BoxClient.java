package com.example.httpbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/**
 * Calls the service and converts its failures to {@link ExtensionException}s. The effect is {@code NOT_APPLIED} only if the service
 * certainly changed nothing.
 */
final class BoxClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final int MAX_ANSWER_BYTES = 1 << 20;

    private final Account account;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    BoxClient(Account account) {
        this.account = account;
    }

    /** A response's status and text. */
    record Answer(int status, String text) {}

    /** Makes a call with a timeout of 30 s. Throws if the status is not an expected one. */
    Answer call(String method, String path, byte[] body, Integer... expected) {
        var response = send(request(method, path, body).timeout(ANSWER).build());
        try (var content = response.body()) {
            var text = new String(content.readNBytes(MAX_ANSWER_BYTES), UTF_8);
            if (List.of(expected).contains(response.statusCode())) {
                return new Answer(response.statusCode(), text);
            }
            throw failure(response, text.strip());
        } catch (IOException e) {
            throw ExtensionException.unknown(Kind.TRANSIENT, "the service's response was cut off", e);
        }
    }

    /**
     * Makes a call without a timeout: the response is a stream, and a command that doesn't read its input blocks the sending of the body.
     */
    HttpResponse<InputStream> stream(String path, byte[] body) {
        return send(request("POST", path, body).build());
    }

    private HttpRequest.Builder request(String method, String path, byte[] body) {
        return HttpRequest.newBuilder(account.url().resolve(path))
                .header("Authorization", "Bearer " + account.token())
                .method(method, BodyPublishers.ofByteArray(body));
    }

    private HttpResponse<InputStream> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofInputStream());
        } catch (ConnectException e) {
            throw new ExtensionException(
                    Kind.TRANSIENT, Effect.NOT_APPLIED, null, "can't connect to the service at " + account.url(), e);
        } catch (IOException e) {
            throw ExtensionException.unknown(Kind.TRANSIENT, "no response from the service: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e);
        }
    }

    static ExtensionException failure(HttpResponse<?> response, String text) {
        var kind =
                switch (response.statusCode()) {
                    case 400 -> Kind.INVALID;
                    case 401 -> Kind.CREDENTIAL;
                    case 404 -> Kind.GONE;
                    case 409 -> Kind.INVALID;
                    case 503 -> Kind.CAPACITY;
                    default -> Kind.INTERNAL;
                };
        var effect = kind == Kind.INTERNAL ? Effect.UNKNOWN : Effect.NOT_APPLIED;
        return new ExtensionException(
                kind, effect, null, "the service returned " + response.statusCode() + ": " + text, null);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
