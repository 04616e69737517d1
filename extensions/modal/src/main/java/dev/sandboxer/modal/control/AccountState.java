package dev.sandboxer.modal.control;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Tokens and ids of an account, shared by all its backend objects. Thread-safe. */
public final class AccountState {
    private static final int MAX_IDS = 1000;

    private final AuthTokens tokens;
    /** Modal's ids by the name of the app or image, and the image builder's version. */
    private final Map<String, String> ids = new ConcurrentHashMap<>();

    public AccountState(InstantSource clock) {
        this.tokens = new AuthTokens(clock);
    }

    AuthTokens tokens() {
        return tokens;
    }

    Optional<String> get(String name) {
        return Optional.ofNullable(ids.get(name));
    }

    void put(String name, String id) {
        if (ids.size() >= MAX_IDS) {
            ids.clear();
        }
        ids.put(name, id);
    }

    void forget(String name) {
        ids.remove(name);
    }
}
