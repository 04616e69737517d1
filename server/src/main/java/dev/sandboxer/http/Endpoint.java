package dev.sandboxer.http;

import java.io.IOException;

/** What answers a request. */
@FunctionalInterface
public interface Endpoint {
    /**
     * Answers; what it throws is turned into an answer by whoever called it, unless one has begun: then the connection is
     * cut, so that nobody takes half an answer for a whole one.
     */
    void answer(HttpExchange exchange) throws IOException;
}
