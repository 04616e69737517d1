package dev.sandboxer.modal.control;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.modal.rpc.Jwt;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The short-lived token that every call carries. It is renewed after 50 to 60 % of its life. If the renewal fails, the
 * old token is used until it expires. Thread-safe.
 */
final class AuthTokens {
    private static final Duration UNKNOWN_LIFE = Duration.ofMinutes(20);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(500);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(60);

    private final InstantSource clock;
    private final ReentrantLock renewing = new ReentrantLock();
    private volatile @Nullable Token current;

    private record Token(String text, Instant renewAt, Instant expiresAt, Duration backoff) {}

    AuthTokens(InstantSource clock) {
        this.clock = clock;
    }

    /** @param fetch requests a new token from Modal */
    String get(Supplier<String> fetch) {
        var token = current;
        var now = clock.instant();
        if (token == null || !now.isBefore(token.expiresAt())) {
            renewing.lock();
        } else if (now.isBefore(token.renewAt()) || !renewing.tryLock()) {
            return token.text(); // or another thread renews it
        }
        try {
            return renewed(fetch);
        } finally {
            renewing.unlock();
        }
    }

    /** Drops a token that the server has refused. */
    void reject(String text) {
        renewing.lock();
        try {
            if (current != null && current.text().equals(text)) {
                current = null;
            }
        } finally {
            renewing.unlock();
        }
    }

    private String renewed(Supplier<String> fetch) {
        var token = current;
        var now = clock.instant();
        if (token != null && now.isBefore(token.renewAt())) {
            return token.text();
        }
        try {
            var fresh = fetched(fetch.get(), now);
            current = fresh;
            return fresh.text();
        } catch (ExtensionException e) {
            if (token == null || !now.isBefore(token.expiresAt()) || e.kind() == Kind.CREDENTIAL) {
                throw e;
            }
            var next = token.backoff().multipliedBy(2);
            current = new Token(
                    token.text(),
                    now.plus(token.backoff()),
                    token.expiresAt(),
                    next.compareTo(MAX_BACKOFF) < 0 ? next : MAX_BACKOFF);
            return token.text();
        }
    }

    private static Token fetched(String text, Instant now) {
        if (text.isEmpty()) {
            throw ExtensionException.notApplied(Kind.INTERNAL, "Modal gave an empty token");
        }
        var expires = Jwt.expiry(text).filter(now::isBefore).orElse(now.plus(UNKNOWN_LIFE));
        var life = Duration.between(now, expires).toMillis();
        var share = ThreadLocalRandom.current().nextDouble(0.5, 0.6);
        return new Token(text, now.plusMillis((long) (life * share)), expires, FIRST_BACKOFF);
    }
}
