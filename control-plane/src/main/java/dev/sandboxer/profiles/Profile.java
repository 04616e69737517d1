package dev.sandboxer.profiles;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.launch.Launch;
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
 * @param candidates the extensions that may run it
 * @param ttl the default time to live of a sandbox
 * @param maxTtl the longest time to live of a sandbox
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

    /** Returns the extensions that may run it, best first. */
    public List<ExtensionId> route() {
        return candidates.route();
    }

    public RoutePolicy policy() {
        return candidates.policy();
    }

    /** Returns the template by extension, at least for each extension of the route. */
    public Map<ExtensionId, String> templates() {
        return candidates.templates();
    }

    /** Returns the credential to use by extension, as an id or a name; for some extensions only. */
    public Map<ExtensionId, String> credentials() {
        return candidates.credentials();
    }

    public NetworkRules network() {
        return options.network();
    }

    /** Returns true if clients that ask for the container image get this profile. */
    public boolean isFor(String image) {
        return options.images().stream()
                .anyMatch(pattern -> Pattern.matches(
                        Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
                        image));
    }

    /** Returns the variables that every process in a sandbox gets. */
    public Map<String, String> env() {
        return options.env();
    }

    /**
     * Returns the template for an extension of the route.
     *
     * @throws IllegalArgumentException if the profile names no template for the extension
     */
    public String template(ExtensionId extension) {
        String template = templates().get(extension);
        if (template == null) {
            throw new IllegalArgumentException(name + " has no template for " + extension);
        }
        return template;
    }

    /** Returns this profile with both times to live limited to {@code longest}, which is above 0. */
    public Profile withLongestTtl(Duration longest) {
        if (maxTtl.compareTo(longest) <= 0) {
            return this;
        }
        return toBuilder()
                .ttl(ttl.compareTo(longest) < 0 ? ttl : longest)
                .maxTtl(longest)
                .build();
    }

    /** Returns a builder with the defaults: extensions tried in order, no network. */
    public static Builder builder(ProfileName name, SandboxSize size) {
        return new Builder(name, size);
    }

    /** Returns a builder that starts from this profile. */
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

    /** Builds a profile. Not thread-safe. */
    public static final class Builder {
        private static final Duration DEFAULT_TTL = Duration.ofMinutes(15);
        private static final Duration DEFAULT_MAX_TTL = Duration.ofHours(24);

        private ProfileName name;
        private final SandboxSize size;
        private String description = "";
        private List<ExtensionId> route = List.of();
        private RoutePolicy policy = RoutePolicy.ORDER;
        private Map<ExtensionId, String> templates = new TreeMap<>();
        private Map<ExtensionId, String> credentials = Map.of();
        private Duration ttl = DEFAULT_TTL;
        private Duration maxTtl = DEFAULT_MAX_TTL;
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
            return options(options.toBuilder().network(value).build());
        }

        public Builder env(Map<String, String> value) {
            return options(options.toBuilder().env(value).build());
        }

        public Builder outOfCredit(OutOfCredit value) {
            return options(options.toBuilder().outOfCredit(value).build());
        }

        public Builder requires(Set<Capability> value) {
            return options(options.toBuilder().requires(value).build());
        }

        public Builder images(List<String> value) {
            return options(options.toBuilder().images(value).build());
        }

        public Builder launch(Launch value) {
            return options(options.toBuilder().launch(value).build());
        }

        /**
         * Builds the profile.
         *
         * @throws IllegalArgumentException if a rule of {@link Profile} or {@link Candidates} is broken
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
