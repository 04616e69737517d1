package dev.sandboxer.profiles;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSize;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A named recipe for a sandbox.
 *
 * @param description one line for people, may be empty
 * @param candidates who may run it
 * @param ttl how long a sandbox lives when nobody says otherwise
 * @param maxTtl how long a sandbox may live
 */
public record Profile(
        ProfileName name,
        String description,
        Candidates candidates,
        SandboxSize size,
        Duration ttl,
        Duration maxTtl,
        Options options) {
    public Profile {
        if (!ttl.isPositive() || ttl.compareTo(maxTtl) > 0) {
            throw new IllegalArgumentException(name + ": ttl " + ttl + " is not between 0 and maxTtl " + maxTtl);
        }
    }

    /** The extensions that may run it, best first. */
    public List<ExtensionId> route() {
        return candidates.route();
    }

    public RoutePolicy policy() {
        return candidates.policy();
    }

    /** What a sandbox starts from, by extension; for those of the route at least. */
    public Map<ExtensionId, String> templates() {
        return candidates.templates();
    }

    /** For some extensions the credential to use, by id or name. */
    public Map<ExtensionId, String> credentials() {
        return candidates.credentials();
    }

    public NetworkRules network() {
        return options.network();
    }

    /** Returns true if clients that ask for that container image get this profile. */
    public boolean isFor(String image) {
        return options.images().stream()
                .anyMatch(pattern -> Pattern.matches(
                        Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
                        image));
    }

    /** Variables that every process inside gets. */
    public Map<String, String> env() {
        return options.env();
    }

    /**
     * What a sandbox of this profile starts from at an extension of its route.
     *
     * @throws IllegalArgumentException when the profile names none for it
     */
    public String template(ExtensionId extension) {
        String template = templates().get(extension);
        if (template == null) {
            throw new IllegalArgumentException(name + " has no template for " + extension);
        }
        return template;
    }

    /** This profile with no longer times to live than that, which is above 0. */
    public Profile withLongestTtl(Duration longest) {
        if (maxTtl.compareTo(longest) <= 0) {
            return this;
        }
        return toBuilder()
                .ttl(ttl.compareTo(longest) < 0 ? ttl : longest)
                .maxTtl(longest)
                .build();
    }

    /** A profile with everything else as usual: tried in order, offline. */
    public static Builder builder(ProfileName name, SandboxSize size) {
        return new Builder(name, size);
    }

    /** A builder that begins with what this one says. */
    public Builder toBuilder() {
        var builder = new Builder(name, size);
        builder.description = description;
        builder.route = route();
        builder.policy = policy();
        builder.templates = new TreeMap<>(templates());
        builder.credentials = credentials();
        builder.ttl = ttl;
        builder.maxTtl = maxTtl;
        builder.options = options;
        return builder;
    }

    /** Puts a profile together. Used by one thread. */
    public static final class Builder {
        private static final Duration USUAL_TTL = Duration.ofMinutes(15);
        private static final Duration USUAL_MAX_TTL = Duration.ofHours(24);

        private ProfileName name;
        private final SandboxSize size;
        private String description = "";
        private List<ExtensionId> route = List.of();
        private RoutePolicy policy = RoutePolicy.ORDER;
        private Map<ExtensionId, String> templates = new TreeMap<>();
        private Map<ExtensionId, String> credentials = Map.of();
        private Duration ttl = USUAL_TTL;
        private Duration maxTtl = USUAL_MAX_TTL;
        private Options options = Options.NONE;

        private Builder(ProfileName name, SandboxSize size) {
            this.name = name;
            this.size = size;
        }

        public Builder name(ProfileName value) {
            name = value;
            return this;
        }

        public Builder description(String value) {
            description = value;
            return this;
        }

        public Builder route(List<ExtensionId> value) {
            route = value;
            return this;
        }

        public Builder policy(RoutePolicy value) {
            policy = value;
            return this;
        }

        public Builder templates(Map<ExtensionId, String> value) {
            templates = value;
            return this;
        }

        public Builder credentials(Map<ExtensionId, String> value) {
            credentials = value;
            return this;
        }

        public Builder ttl(Duration value) {
            ttl = value;
            return this;
        }

        public Builder maxTtl(Duration value) {
            maxTtl = value;
            return this;
        }

        public Builder options(Options value) {
            options = value;
            return this;
        }

        public Builder network(NetworkRules value) {
            return options(value, options.env(), options.requires(), options.outOfCredit(), options.images());
        }

        public Builder env(Map<String, String> value) {
            return options(options.network(), value, options.requires(), options.outOfCredit(), options.images());
        }

        public Builder outOfCredit(OutOfCredit value) {
            return options(options.network(), options.env(), options.requires(), value, options.images());
        }

        public Builder requires(Set<Capability> value) {
            return options(options.network(), options.env(), value, options.outOfCredit(), options.images());
        }

        public Builder images(List<String> value) {
            return options(options.network(), options.env(), options.requires(), options.outOfCredit(), value);
        }

        private Builder options(
                NetworkRules network,
                Map<String, String> env,
                Set<Capability> requires,
                OutOfCredit outOfCredit,
                List<String> images) {
            options = new Options(network, env, options.ports(), options.region(), requires, outOfCredit, images);
            return this;
        }

        /**
         * @throws IllegalArgumentException when a rule of {@link Profile} or {@link Candidates} is broken
         */
        public Profile build() {
            return new Profile(
                    name,
                    description,
                    new Candidates(route, policy, templates, credentials),
                    size,
                    ttl,
                    maxTtl,
                    options);
        }
    }
}
