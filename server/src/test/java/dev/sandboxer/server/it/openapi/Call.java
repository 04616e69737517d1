package dev.sandboxer.server.it.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/** A builder of a request. */
final class Call {
    private final Api api;
    private final String operation;
    private final HttpRequest.Builder request = HttpRequest.newBuilder().timeout(Duration.ofMinutes(2));
    private final List<String> query = new ArrayList<>();
    private String path;
    private BodyPublisher body = BodyPublishers.noBody();
    private String json = "";

    Call(Api api, String operation) {
        this.api = api;
        this.operation = operation;
        this.path = operation.substring(operation.indexOf(' ') + 1);
    }

    Call key(String key) {
        return header("X-API-Key", key);
    }

    Call header(String name, String value) {
        request.header(name, value);
        return this;
    }

    /** Fills the variables of the path, from left to right. */
    Call at(String... values) {
        for (String value : values) {
            path = path.replaceFirst("\\{[^}]*}", Api.encoded(value));
        }
        return this;
    }

    Call query(String name, String value) {
        query.add(Api.encoded(name) + "=" + Api.encoded(value));
        return this;
    }

    Call json(String text) {
        json = text;
        body = BodyPublishers.ofString(text);
        return header("Content-Type", "application/json");
    }

    Call body(String type, byte[] content) {
        body = BodyPublishers.ofByteArray(content);
        return header("Content-Type", type);
    }

    Call body(String type, Supplier<InputStream> content) {
        body = BodyPublishers.ofInputStream(content);
        return header("Content-Type", type);
    }

    /** Sends the request with HEAD instead of its method. The answer has no body. */
    DescribedAnswer head() {
        return api.sendUnchecked(request.copy()
                .uri(api.uri(target()))
                .method("HEAD", BodyPublishers.noBody())
                .build());
    }

    private String target() {
        return path + (query.isEmpty() ? "" : "?" + String.join("&", query));
    }

    /** Sends the request. Fails unless the answer is as described and has this status. */
    DescribedAnswer expect(int status) {
        var target = target();
        request.uri(api.uri(target)).method(operation.substring(0, operation.indexOf(' ')), body);
        var answer = api.send(operation, request.build());
        assertThat(answer.status())
                .as(operation + " " + target + " " + json + ": " + answer.text())
                .isEqualTo(status);
        if (status < 300 && !json.isEmpty()) {
            var schema = api.description().body(operation).orElseThrow();
            assertThat(api.description().faults(schema, JsonMapper.shared().readTree(json)))
                    .as("accepted, but not described: " + operation + " " + json)
                    .isEmpty();
        }
        return answer;
    }

    /** Returns a body of zeros. */
    static Supplier<InputStream> zeros(long length) {
        return () -> new InputStream() {
            private long left = length;

            @Override
            public int read() throws IOException {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] into, int offset, int count) {
                if (left <= 0) {
                    return -1;
                }
                var n = (int) Math.min(count, left);
                java.util.Arrays.fill(into, offset, offset + n, (byte) 0);
                left -= n;
                return n;
            }
        };
    }
}
