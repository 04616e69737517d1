package dev.sandboxer.lifecycle;

import dev.sandboxer.credentials.CredentialRouter.Requester;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ProgressListener;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.lifecycle.state.OnTimeout;
import dev.sandboxer.lifecycle.state.Terms;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.routing.Requirements;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
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
 * @param credential the consumer's credential to use, by id or name; null = as the rules say
 * @param wishes what is wanted of the backend beyond the profile
 * @param progress is told how far the creation is
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
        @Nullable String credential,
        Wishes wishes,
        ProgressListener progress) {
    public CreateSandbox {
        env = Map.copyOf(env);
        metadata = Map.copyOf(metadata);
    }

    /** A request with everything else left to the profile and the usual terms. */
    public static Builder of(String consumer, Profile profile) {
        return new Builder(consumer, profile);
    }

    /** Puts a request together. Used by one thread. */
    public static final class Builder {
        private final String consumer;
        private final Profile profile;
        private @Nullable SandboxSize size;
        private @Nullable Duration ttl;
        private Map<String, String> env = Map.of();
        private Map<String, String> metadata = Map.of();
        private @Nullable String idempotencyKey;
        private @Nullable ProcessIdentity holder;
        private Terms terms = Terms.USUAL;
        private @Nullable Snapshot snapshot;
        private @Nullable String credential;
        private Wishes wishes = Wishes.NONE;
        private ProgressListener progress = ProgressListener.NONE;

        private Builder(String consumer, Profile profile) {
            this.consumer = consumer;
            this.profile = profile;
        }

        public Builder size(@Nullable SandboxSize value) {
            size = value;
            return this;
        }

        public Builder ttl(@Nullable Duration value) {
            ttl = value;
            return this;
        }

        public Builder env(Map<String, String> value) {
            env = value;
            return this;
        }

        public Builder metadata(Map<String, String> value) {
            metadata = value;
            return this;
        }

        public Builder idempotencyKey(@Nullable String value) {
            idempotencyKey = value;
            return this;
        }

        public Builder holder(@Nullable ProcessIdentity value) {
            holder = value;
            return this;
        }

        public Builder terms(Terms value) {
            terms = value;
            return this;
        }

        public Builder snapshot(@Nullable Snapshot value) {
            snapshot = value;
            return this;
        }

        public Builder credential(@Nullable String value) {
            credential = value;
            return this;
        }

        public Builder wishes(Wishes value) {
            wishes = value;
            return this;
        }

        public Builder progress(ProgressListener value) {
            progress = value;
            return this;
        }

        public CreateSandbox build() {
            return new CreateSandbox(
                    consumer,
                    profile,
                    size,
                    ttl,
                    env,
                    metadata,
                    idempotencyKey,
                    holder,
                    terms,
                    snapshot,
                    credential,
                    wishes,
                    progress);
        }
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

    /**
     * What a backend is asked for.
     *
     * @param template what the profile says; a snapshot or an image, if there is one, goes first
     */
    SandboxSpec spec(String template) {
        var options = profile.options();
        var ports = new TreeSet<>(options.ports());
        ports.addAll(wishes.ports());
        return SandboxSpec.builder(source(template), effectiveSize())
                .env(effectiveEnv())
                .network(network())
                .ports(ports)
                .publicPorts(terms.publicPorts())
                .region(wishes.region() == null ? options.region() : wishes.region())
                .build();
    }

    private Source source(String template) {
        if (snapshot != null && snapshot.template() != null) {
            return new Source.Template(snapshot.template());
        }
        return wishes.image() == null ? Requirements.source(template) : new Source.Image(wishes.image(), null);
    }

    private NetworkRules network() {
        if (wishes.network() != null) {
            return wishes.network();
        }
        return terms.network() == null ? profile.network() : NetworkRules.of(terms.network());
    }

    /** Returns true if it wants another size than the profile's, which backends with sizes of their own may pass over. */
    private boolean isResized() {
        var wanted = effectiveSize();
        var usual = profile.size();
        return wanted.cpuMillis() != usual.cpuMillis()
                || wanted.memoryMiB() != usual.memoryMiB()
                || wanted.diskMiB() != usual.diskMiB();
    }

    /** What routing asks of a backend. */
    public Requirements requirements() {
        var capabilities = new TreeSet<>(profile.options().requires());
        capabilities.addAll(wishes.requires());
        if (terms.onTimeout() == OnTimeout.PAUSE) {
            capabilities.add(Capability.PAUSE);
        }
        if (isResized()) {
            capabilities.add(Capability.SIZE);
        }
        return new Requirements(
                new Requester(consumer, credential, snapshot == null ? null : snapshot.credential()),
                this::spec,
                capabilities,
                effectiveTtl(),
                snapshot == null ? null : snapshot.extension(),
                wishes.preference(),
                terms.maxCost());
    }

    /** As requests of versions before there was a limit on cost were hashed. */
    private static String hashed(Terms terms) {
        return "Terms[onTimeout=" + terms.onTimeout() + ", autoResume=" + terms.autoResume() + ", network="
                + terms.network() + ", publicPorts=" + terms.publicPorts() + ", hostMask=" + terms.hostMask() + "]";
    }

    /** Tells whether two requests with the same idempotency key are the same; irreversible, since env may hold secrets. */
    String hash() {
        var parts = new ArrayList<>(List.of(
                profile.name().value(),
                effectiveSize().toString(),
                effectiveTtl().toString(),
                hashed(terms),
                snapshot == null ? "" : snapshot.id(),
                credential == null ? "" : credential));
        if (terms.maxCost() != null) {
            parts.add("maxCost " + terms.maxCost());
        }
        if (!wishes.equals(Wishes.NONE)) { // absent, so that requests from before there were wishes hash as they did
            parts.add(wishes.toString());
        }
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
