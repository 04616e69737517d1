package dev.sandboxer.http.ports;

import java.time.Duration;

/**
 * What a forwarded exchange may take of us. There is no limit on its duration: the sandbox's deadline is one.
 *
 * @param responseHeadBytes the longest head of a response from inside, and its longest trailers
 * @param linger how long we take the rest of a request's body and throw it away, once the response is complete or there will
 *     be none; a client that is still sending then finds its connection closed
 */
public record Limits(int responseHeadBytes, Duration linger) {
    public static final Limits DEFAULT = new Limits(64 * 1024, Duration.ofSeconds(5));

    public Limits {
        if (responseHeadBytes <= 0) {
            throw new IllegalArgumentException("responseHeadBytes is " + responseHeadBytes);
        }
        if (linger.isNegative()) {
            throw new IllegalArgumentException("linger is " + linger);
        }
    }
}
