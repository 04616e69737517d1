package dev.sandboxer.extension.spec;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The description of a sandbox to create. Create it with {@link #builder}, since later versions may add components. {@link #toString} shows
 * the names of the variables, not their values.
 *
 * @param source the template or image that it starts from
 * @param size its size; a backend without {@code SIZE} ignores all of it except the GPU
 * @param env environment variables for every process in the sandbox. Names are not empty and contain no {@code =}; names and values contain
 *     no NUL
 * @param network the addresses and domains that it may connect to
 * @param ports ports of the sandbox, 1 to 65535, to open at creation; ignored by a backend that can reach any port
 * @param publicPorts whether anyone who knows a port's address may connect to it; ignored by a backend that gives ports no addresses
 * @param region the region where it runs, in the backend's own terms; null = the backend chooses
 * @param idleTimeout the time without use after which the backend ends it, at least a second; null = only at its deadline. A running
 *     command and a connection to a port count as use. Needs {@code IDLE_TIMEOUT}
 */
public record SandboxSpec(
        Source source,
        SandboxSize size,
        Map<String, String> env,
        NetworkRules network,
        Set<Integer> ports,
        boolean publicPorts,
        @Nullable String region,
        @Nullable Duration idleTimeout) {
    private static final int MAX_PORT = 65_535;
    private static final Duration MIN_IDLE_TIMEOUT = Duration.ofSeconds(1);

    /** Copies the collections and checks the components. */
    public SandboxSpec {
        env = Map.copyOf(env);
        ports = Collections.unmodifiableSet(new TreeSet<>(ports));
        env.forEach(SandboxSpec::checkVariable);
        for (int port : ports) {
            if (port < 1 || port > MAX_PORT) {
                throw new IllegalArgumentException("not a port: " + port + " (expected 1 to " + MAX_PORT + ")");
            }
        }
        if (region != null && region.isBlank()) {
            throw new IllegalArgumentException("a region needs a name");
        }
        if (idleTimeout != null && idleTimeout.compareTo(MIN_IDLE_TIMEOUT) < 0) {
            throw new IllegalArgumentException("an idle timeout must be at least one second, not " + idleTimeout);
        }
    }

    private static void checkVariable(String name, String value) {
        if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("not the name of a variable: " + Quoted.of(name));
        }
        if (value.indexOf('\0') >= 0) { // the value may be a secret
            throw new IllegalArgumentException("the variable " + Quoted.of(name) + " has a NUL in its value");
        }
    }

    /**
     * Returns a builder of a spec without variables, ports, region and idle timeout, with {@link NetworkRules#ALLOW_ALL} and public ports.
     *
     * @param source the template or image that the sandbox starts from
     * @param size the sandbox's size
     * @return a builder
     */
    public static Builder builder(Source source, SandboxSize size) {
        return new Builder(source, size);
    }

    /**
     * Returns a builder that begins with the values of this spec.
     *
     * @return a builder of another spec
     */
    public Builder toBuilder() {
        return new Builder(source, size)
                .env(env)
                .network(network)
                .ports(ports)
                .publicPorts(publicPorts)
                .region(region)
                .idleTimeout(idleTimeout);
    }

    @Override
    public String toString() {
        return "SandboxSpec[source=" + source + ", size=" + size + ", env=" + env.keySet() + ", network=" + network
                + ", ports=" + ports + ", publicPorts=" + publicPorts + ", region=" + region + ", idleTimeout="
                + idleTimeout + "]";
    }

    /** Builds a spec. Not thread-safe. */
    public static final class Builder {
        private Source source;
        private SandboxSize size;
        private Map<String, String> env = Map.of();
        private NetworkRules network = NetworkRules.ALLOW_ALL;
        private Set<Integer> ports = Set.of();
        private boolean publicPorts = true;
        private @Nullable String region;
        private @Nullable Duration idleTimeout;

        private Builder(Source source, SandboxSize size) {
            this.source = source;
            this.size = size;
        }

        /**
         * Sets the source.
         *
         * @param value the template or image that the sandbox starts from
         * @return this builder
         */
        public Builder source(Source value) {
            source = value;
            return this;
        }

        /**
         * Sets the size.
         *
         * @param value the sandbox's size
         * @return this builder
         */
        public Builder size(SandboxSize value) {
            size = value;
            return this;
        }

        /**
         * Sets the variables. Default: none.
         *
         * @param value environment variables for every process in the sandbox
         * @return this builder
         */
        public Builder env(Map<String, String> value) {
            env = value;
            return this;
        }

        /**
         * Sets the network rules. Default: {@link NetworkRules#ALLOW_ALL}.
         *
         * @param value the addresses and domains that the sandbox may connect to
         * @return this builder
         */
        public Builder network(NetworkRules value) {
            network = value;
            return this;
        }

        /**
         * Sets the ports to open. Default: none.
         *
         * @param value ports of the sandbox, 1 to 65535
         * @return this builder
         */
        public Builder ports(Set<Integer> value) {
            ports = value;
            return this;
        }

        /**
         * Sets who may connect to the ports. Default: anyone who knows a port's address.
         *
         * @param value true = anyone who knows a port's address
         * @return this builder
         */
        public Builder publicPorts(boolean value) {
            publicPorts = value;
            return this;
        }

        /**
         * Sets the region.
         *
         * @param value in the backend's own terms; null = the backend chooses
         * @return this builder
         */
        public Builder region(@Nullable String value) {
            region = value;
            return this;
        }

        /**
         * Sets the time without use after which the backend ends the sandbox.
         *
         * @param value at least a second; null = only at its deadline
         * @return this builder
         */
        public Builder idleTimeout(@Nullable Duration value) {
            idleTimeout = value;
            return this;
        }

        /**
         * Builds the spec.
         *
         * @return the spec
         * @throws IllegalArgumentException when a component violates a constraint of {@link SandboxSpec}
         */
        public SandboxSpec build() {
            return new SandboxSpec(source, size, env, network, ports, publicPorts, region, idleTimeout);
        }
    }
}
