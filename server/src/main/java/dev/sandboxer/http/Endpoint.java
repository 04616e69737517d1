package dev.sandboxer.http;

import java.io.IOException;

/** Answers requests. */
@FunctionalInterface
public interface Endpoint {
    /**
     * Answers a request. The caller turns an exception into an answer or, when an answer has begun, cuts the connection, so
     * that the client does not take half an answer for a whole one.
     */
    void answer(HttpExchange exchange) throws IOException;
}
