package dev.sandboxer.extension.spec;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a sandbox shall be. Use {@link #builder}: components may be added. Its string form shows the
 * names of variables only.
 *
 * @param source what it starts from
 * @param size how large it is; a backend without {@code SIZE} ignores all of it but the GPU
 * @param env variables that every process inside gets; names are not empty and have no {@code =}, nothing has a NUL
 * @param network whom it may call
 * @param ports ports inside, 1 to 65535, to be opened when it is created; a backend that reaches any port ignores them
 * @param publicPorts whether anybody who knows their addresses may call its ports; a backend that gives ports no addresses of
 *     its own ignores it
 * @param region where it runs, in the backend's own terms; null = wherever the backend likes
 */
public record SandboxSpec(
        Source source,
        SandboxSize size,
        Map<String, String> env,
        NetworkRules network,
        Set<Integer> ports,
        boolean publicPorts,
        @Nullable String region) {
    private static final int HIGHEST_PORT = 65_535;

    /** Checks the components. */
    public SandboxSpec {
        env = Map.copyOf(env);
        ports = Collections.unmodifiableSet(new TreeSet<>(ports));
        env.forEach(SandboxSpec::checkVariable);
        for (int port : ports) {
            if (port < 1 || port > HIGHEST_PORT) {
                throw new IllegalArgumentException("not a port: " + port + " (expected 1 to " + HIGHEST_PORT + ")");
            }
        }
        if (region != null && region.isBlank()) {
            throw new IllegalArgumentException("a region needs a name");
        }
    }

    private static void checkVariable(String name, String value) {
        if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("not the name of a variable: " + Excerpt.of(name));
        }
        if (value.indexOf('\0') >= 0) { // the value may be a secret
            throw new IllegalArgumentException("the variable " + Excerpt.of(name) + " has a NUL in its value");
        }
    }

    /**
     * One with no variables, no ports, no region, and nothing forbidden; its ports are public.
     *
     * @param source what it starts from
     * @param size how large it is
     * @return a builder of the spec
     */
    public static Builder builder(Source source, SandboxSize size) {
        return new Builder(source, size);
    }

    /**
     * A builder that begins with what this one says.
     *
     * @return a builder of another spec
     */
    public Builder toBuilder() {
        return new Builder(source, size)
                .env(env)
                .network(network)
                .ports(ports)
                .publicPorts(publicPorts)
                .region(region);
    }

    @Override
    public String toString() {
        return "SandboxSpec[source=" + source + ", size=" + size + ", env=" + env.keySet() + ", network=" + network
                + ", ports=" + ports + ", publicPorts=" + publicPorts + ", region=" + region + "]";
    }

    /** Not thread-safe. */
    public static final class Builder {
        private Source source;
        private SandboxSize size;
        private Map<String, String> env = Map.of();
        private NetworkRules network = NetworkRules.ALLOW_ALL;
        private Set<Integer> ports = Set.of();
        private boolean publicPorts = true;
        private @Nullable String region;

        private Builder(Source source, SandboxSize size) {
            this.source = source;
            this.size = size;
        }

        /**
         * {@return this builder, with another source}
         *
         * @param value what it starts from
         */
        public Builder source(Source value) {
            source = value;
            return this;
        }

        /**
         * {@return this builder, with another size}
         *
         * @param value how large it is
         */
        public Builder size(SandboxSize value) {
            size = value;
            return this;
        }

        /**
         * {@return this builder, with another environment}
         *
         * @param value variables
         */
        public Builder env(Map<String, String> value) {
            env = value;
            return this;
        }

        /**
         * {@return this builder, with another set of network rules}
         *
         * @param value whom it may call
         */
        public Builder network(NetworkRules value) {
            network = value;
            return this;
        }

        /**
         * {@return this builder, with another ports}
         *
         * @param value ports to be opened
         */
        public Builder ports(Set<Integer> value) {
            ports = value;
            return this;
        }

        /**
         * {@return this builder, with another rule about who may call ports}
         *
         * @param value whether anybody may call its ports
         */
        public Builder publicPorts(boolean value) {
            publicPorts = value;
            return this;
        }

        /**
         * {@return this builder, with another region}
         *
         * @param value where it runs; null = wherever the backend likes
         */
        public Builder region(@Nullable String value) {
            region = value;
            return this;
        }

        /**
         * Makes the spec.
         *
         * @return the spec
         * @throws IllegalArgumentException when a rule of {@link SandboxSpec} is broken
         */
        public SandboxSpec build() {
            return new SandboxSpec(source, size, env, network, ports, publicPorts, region);
        }
    }
}
