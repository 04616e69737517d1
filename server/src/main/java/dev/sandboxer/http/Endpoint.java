package dev.sandboxer.http;

import java.io.IOException;

/** Answers requests. */
@FunctionalInterface
public interface Endpoint {
    /**
     * Answers a request. The caller turns an exception into an error answer or, if an answer has begun, cuts the connection, so that the
     * client sees that the answer is incomplete.
     */
    void answer(HttpExchange exchange) throws IOException;
}
