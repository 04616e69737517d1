package dev.sandboxer.http.ports;

import java.time.Duration;

/**
 * The limits of a forwarded exchange. Its duration is limited by the sandbox's deadline only.
 *
 * @param responseHeadBytes the largest head of a response from the sandbox, and its largest trailers, in bytes
 * @param linger how long this server reads and discards the rest of a request's body once the response is complete or has failed; after
 *     that, a client that is still sending finds its connection closed
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
