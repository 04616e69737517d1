package dev.sandboxer.modal.control;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What was learnt about an account, so that one backend object knows it from another. Thread-safe. */
public final class AccountState {
    private static final int MOST_FACTS = 1000;

    private final AuthTokens tokens;
    /** Ids by what they are of. */
    private final Map<String, String> facts = new ConcurrentHashMap<>();

    public AccountState(InstantSource clock) {
        this.tokens = new AuthTokens(clock);
    }

    AuthTokens tokens() {
        return tokens;
    }

    Optional<String> get(String what) {
        return Optional.ofNullable(facts.get(what));
    }

    void put(String what, String id) {
        if (facts.size() >= MOST_FACTS) {
            facts.clear();
        }
        facts.put(what, id);
    }

    void forget(String what) {
        facts.remove(what);
    }
}
