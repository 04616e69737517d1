package dev.sandboxer.lifecycle;

import dev.sandboxer.extension.NetworkPolicy;
import dev.sandboxer.extension.SandboxSize;
import dev.sandboxer.lifecycle.state.Terms;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.profiles.Profile;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asks for.
 *
 * @param consumer who asks
 * @param profile the recipe
 * @param size null = the profile's
 * @param ttl null = the profile's
 * @param env on top of the profile's; never stored in the database
 * @param metadata stored and listed
 * @param idempotencyKey same key and same request = same sandbox
 * @param holder the process it must not outlive
 * @param terms what is wanted beyond the profile
 * @param snapshot what it starts from instead of the profile's template
 * @param credential the asker's credential to use, by id or name; null = as the rules say
 */
public record CreateSandbox(
        String consumer,
        Profile profile,
        @Nullable SandboxSize size,
        @Nullable Duration ttl,
        Map<String, String> env,
        Map<String, String> metadata,
        @Nullable String idempotencyKey,
        @Nullable ProcessIdentity holder,
        Terms terms,
        @Nullable Snapshot snapshot,
        @Nullable String credential) {
    public CreateSandbox {
        env = Map.copyOf(env);
        metadata = Map.copyOf(metadata);
    }

    /** On the usual terms, from the profile's template. */
    public CreateSandbox(
            String consumer,
            Profile profile,
            @Nullable SandboxSize size,
            @Nullable Duration ttl,
            Map<String, String> env,
            Map<String, String> metadata,
            @Nullable String idempotencyKey,
            @Nullable ProcessIdentity holder) {
        this(consumer, profile, size, ttl, env, metadata, idempotencyKey, holder, Terms.USUAL, null, null);
    }

    NetworkPolicy effectiveNetwork() {
        return terms.network() == null ? profile.network() : terms.network();
    }

    SandboxSize effectiveSize() {
        return size == null ? profile.size() : size;
    }

    Duration effectiveTtl() {
        return ttl == null ? profile.ttl() : ttl;
    }

    Map<String, String> effectiveEnv() {
        var all = new TreeMap<>(profile.env());
        all.putAll(env);
        return all;
    }

    /** Tells whether two requests with the same idempotency key are the same; irreversible, since env may hold secrets. */
    String hash() {
        var parts = new ArrayList<>(List.of(
                profile.name().value(),
                effectiveSize().toString(),
                effectiveTtl().toString(),
                terms.toString(),
                snapshot == null ? "" : snapshot.id(),
                credential == null ? "" : credential));
        for (Map<String, String> map : List.of(effectiveEnv(), new TreeMap<>(metadata))) {
            parts.add(Integer.toString(map.size()));
            map.forEach((name, value) -> parts.addAll(List.of(name, value)));
        }
        // with lengths, so that no two lists of parts make the same text
        var text = new StringBuilder();
        parts.forEach(part -> text.append(part.length()).append(':').append(part));
        try {
            var digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
