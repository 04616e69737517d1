package dev.sandboxer.http;

import java.io.IOException;

/** Answers requests. */
@FunctionalInterface
public interface Endpoint {
    /**
     * Answers a request. The caller turns an exception into an answer. If an answer has begun, it cuts the connection instead, so
     * the client sees that the answer is incomplete.
     */
    void answer(HttpExchange exchange) throws IOException;
}
