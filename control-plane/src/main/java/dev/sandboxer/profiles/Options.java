package dev.sandboxer.profiles;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.launch.Launch;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a profile's sandboxes, apart from their size. A backend that can't honour all of them is skipped.
 *
 * @param network the outbound network rules
 * @param env variables that every process in a sandbox gets
 * @param ports ports that are opened at creation
 * @param region the region in the backend's own terms; null = the backend's choice
 * @param requires further capabilities that the backend must have
 * @param images container images for which clients get this profile; {@code *} stands for any text
 * @param launch the start command and the readiness check
 * @param template the built template that sandboxes start from; null = the templates of {@link Candidates}
 */
public record Options(
        NetworkRules network,
        Map<String, String> env,
        Set<Integer> ports,
        @Nullable String region,
        Set<Capability> requires,
        OutOfCredit outOfCredit,
        List<String> images,
        Launch launch,
        @Nullable String template) {
    /** The default: no network and nothing else. */
    public static final Options NONE = new Options(
            NetworkRules.DENY_ALL,
            Map.of(),
            Set.of(),
            null,
            Set.of(),
            OutOfCredit.KILL,
            List.of(),
            Launch.NOTHING,
            null);

    public Options {
        env = Collections.unmodifiableSortedMap(new TreeMap<>(env));
        ports = Collections.unmodifiableSet(new TreeSet<>(ports));
        images = List.copyOf(images);
        requires = Collections.unmodifiableSet(new TreeSet<>(requires));
    }

    /** Returns a builder that starts from these options. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Builds options. Not thread-safe. */
    public static final class Builder {
        private NetworkRules network;
        private Map<String, String> env;
        private Set<Integer> ports;
        private @Nullable String region;
        private Set<Capability> requires;
        private OutOfCredit outOfCredit;
        private List<String> images;
        private Launch launch;
        private @Nullable String template;

        private Builder(Options options) {
            network = options.network;
            env = options.env;
            ports = options.ports;
            region = options.region;
            requires = options.requires;
            outOfCredit = options.outOfCredit;
            images = options.images;
            launch = options.launch;
            template = options.template;
        }

        public Builder network(NetworkRules value) {
            network = value;
            return this;
        }

        public Builder env(Map<String, String> value) {
            env = value;
            return this;
        }

        public Builder ports(Set<Integer> value) {
            ports = value;
            return this;
        }

        public Builder region(@Nullable String value) {
            region = value;
            return this;
        }

        public Builder requires(Set<Capability> value) {
            requires = value;
            return this;
        }

        public Builder outOfCredit(OutOfCredit value) {
            outOfCredit = value;
            return this;
        }

        public Builder images(List<String> value) {
            images = value;
            return this;
        }

        public Builder launch(Launch value) {
            launch = value;
            return this;
        }

        public Builder template(@Nullable String value) {
            template = value;
            return this;
        }

        public Options build() {
            return new Options(network, env, ports, region, requires, outOfCredit, images, launch, template);
        }
    }
}
