package dev.sandboxer.lifecycle;

import dev.sandboxer.credentials.CredentialRouter.Requester;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ProgressListener;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.launch.Launch;
import dev.sandboxer.lifecycle.snapshots.Snapshot;
import dev.sandboxer.lifecycle.terms.NamedTemplate;
import dev.sandboxer.lifecycle.terms.OnTimeout;
import dev.sandboxer.lifecycle.terms.RequestedRules;
import dev.sandboxer.lifecycle.terms.Terms;
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
 * A request to create a sandbox.
 *
 * @param consumer the consumer that asks
 * @param profile the profile to create it with
 * @param size null = the profile's
 * @param ttl null = the profile's
 * @param env environment variables, added to the profile's; never stored in the database
 * @param metadata stored and listed
 * @param idempotencyKey a repeated request with the same key returns the same sandbox; null = none
 * @param holder the process whose exit ends the sandbox; null = none
 * @param command the command that the sandbox is created for; only for display: without secrets, and not part of the request's hash
 * @param terms settings of the sandbox beyond the profile
 * @param snapshot the snapshot to start from; null = the profile's template
 * @param template the template that the snapshot was built as; null = none
 * @param credential the consumer's credential to use, by id or name; null = chosen by the rules
 * @param backendOptions what the backend must offer beyond the profile
 * @param progress receives the progress of the creation
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
        @Nullable String command,
        Terms terms,
        @Nullable Snapshot snapshot,
        @Nullable NamedTemplate template,
        @Nullable String credential,
        BackendOptions backendOptions,
        ProgressListener progress) {
    public CreateSandbox {
        env = Map.copyOf(env);
        metadata = Map.copyOf(metadata);
    }

    /** Starts to build a request. What isn't set is taken from the profile and the default terms. */
    public static Builder of(String consumer, Profile profile) {
        return new Builder(consumer, profile);
    }

    /**
     * Returns this request with a snapshot to start from.
     *
     * @param name the template that the snapshot was built as
     */
    public CreateSandbox from(Snapshot source, NamedTemplate name) {
        return new CreateSandbox(
                consumer,
                profile,
                size,
                ttl,
                env,
                metadata,
                idempotencyKey,
                holder,
                command,
                terms,
                source,
                name,
                credential,
                backendOptions,
                progress);
    }

    /** Builds a request. Used by one thread. */
    public static final class Builder {
        private final String consumer;
        private final Profile profile;
        private @Nullable SandboxSize size;
        private @Nullable Duration ttl;
        private Map<String, String> env = Map.of();
        private Map<String, String> metadata = Map.of();
        private @Nullable String idempotencyKey;
        private @Nullable ProcessIdentity holder;
        private @Nullable String command;
        private Terms terms = Terms.DEFAULT;
        private @Nullable Snapshot snapshot;
        private @Nullable NamedTemplate template;
        private @Nullable String credential;
        private BackendOptions backendOptions = BackendOptions.NONE;
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

        public Builder command(@Nullable String value) {
            command = value;
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

        /** Sets the template that the snapshot was built as. */
        public Builder template(@Nullable NamedTemplate value) {
            template = value;
            return this;
        }

        public Builder credential(@Nullable String value) {
            credential = value;
            return this;
        }

        public Builder backendOptions(BackendOptions value) {
            backendOptions = value;
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
                    command,
                    terms,
                    snapshot,
                    template,
                    credential,
                    backendOptions,
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
        all.putAll(launch().env());
        all.putAll(env);
        return all;
    }

    /** Returns what is started in the sandbox: the snapshot's launch, or the profile's if the snapshot has none. */
    Launch launch() {
        return snapshot == null || snapshot.launch().equals(Launch.NOTHING)
                ? profile.options().launch()
                : snapshot.launch();
    }

    /**
     * Returns the specification for a backend.
     *
     * @param template the profile's template for that backend, used if the request has neither a snapshot nor an image
     */
    SandboxSpec spec(String template) {
        var options = profile.options();
        var ports = new TreeSet<>(options.ports());
        ports.addAll(backendOptions.ports());
        return SandboxSpec.builder(source(template), effectiveSize())
                .env(effectiveEnv())
                .network(network())
                .ports(ports)
                .publicPorts(terms.publicPorts())
                .region(backendOptions.region() == null ? options.region() : backendOptions.region())
                .idleTimeout(terms.idleTimeout())
                .build();
    }

    private Source source(String template) {
        if (snapshot != null && snapshot.template() != null) {
            return new Source.Template(snapshot.template());
        }
        return backendOptions.image() == null
                ? Requirements.source(template)
                : new Source.Image(backendOptions.image(), null);
    }

    private NetworkRules network() {
        return agreed().effectiveNetwork(profile.network());
    }

    /** Returns the terms as they are stored, with the requested network. */
    Terms agreed() {
        return backendOptions.network() == null ? terms : terms.withNetwork(backendOptions.network());
    }

    /** Returns true if another size than the profile's is requested. Backends with fixed sizes are skipped then. */
    private boolean isResized() {
        var wanted = effectiveSize();
        var usual = profile.size();
        return wanted.cpuMillis() != usual.cpuMillis()
                || wanted.memoryMiB() != usual.memoryMiB()
                || wanted.diskMiB() != usual.diskMiB();
    }

    /** Returns what routing requires of a backend. */
    public Requirements requirements() {
        var capabilities = new TreeSet<>(profile.options().requires());
        capabilities.addAll(backendOptions.requires());
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
                backendOptions.preference(),
                terms.maxCost());
    }

    /** Formats the terms as versions before {@code maxCost} did, so that earlier requests keep their hash. */
    private static String hashed(Terms terms) {
        return "Terms[onTimeout=" + terms.onTimeout() + ", autoResume=" + terms.autoResume() + ", network="
                + terms.network() + ", publicPorts=" + terms.publicPorts() + ", hostMask=" + terms.hostMask() + "]";
    }

    /** Formats the rules as versions did in which their class had another name, so that earlier requests keep their hash. */
    private static String hashed(RequestedRules rules) {
        return "AskedRules[allowOut=" + rules.allowOut() + ", denyOut=" + rules.denyOut() + "]";
    }

    /** Formats the options as versions did in which they were called wishes, so that earlier requests keep their hash. */
    private static String hashed(BackendOptions options) {
        return "Wishes[image=" + options.image() + ", ports=" + options.ports() + ", region=" + options.region()
                + ", network=" + options.network() + ", requires=" + options.requires() + ", preference="
                + options.preference() + "]";
    }

    /** Returns a hash that tells requests with the same idempotency key apart. SHA-256, since {@code env} may hold secrets. */
    String hash() {
        var parts = new ArrayList<>(List.of(
                profile.name().value(),
                effectiveSize().toString(),
                effectiveTtl().toString(),
                hashed(terms),
                snapshot == null ? "" : snapshot.id(),
                credential == null ? "" : credential));
        if (!terms.secured()) {
            parts.add("unsecured");
        }
        if (terms.maxCost() != null) {
            parts.add("maxCost " + terms.maxCost());
        }
        if (terms.rules() != null) {
            parts.add("rules " + hashed(terms.rules()));
        }
        if (terms.idleTimeout() != null) {
            parts.add("idleTimeout " + terms.idleTimeout());
        }
        if (!backendOptions.equals(BackendOptions.NONE)) { // without any, the hash is that of versions that had none
            parts.add(hashed(backendOptions));
        }
        for (Map<String, String> map : List.of(effectiveEnv(), new TreeMap<>(metadata))) {
            parts.add(Integer.toString(map.size()));
            map.forEach((name, value) -> parts.addAll(List.of(name, value)));
        }
        // lengths make the text unambiguous
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
