package dev.sandboxer.profiles;

import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.SandboxSize;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A named recipe for a sandbox.
 *
 * @param description one line for people, may be empty
 * @param route the extensions that may run it, best first
 * @param templates what it starts from, for each extension of the route at least
 * @param ttl how long a sandbox lives when nobody says otherwise
 * @param maxTtl how long a sandbox may live
 * @param env variables that every process inside gets
 * @param credentials for some extensions the credential to use, by id or name
 */
public record Profile(
        ProfileName name,
        String description,
        List<ExtensionId> route,
        Map<ExtensionId, String> templates,
        SandboxSize size,
        Duration ttl,
        Duration maxTtl,
        NetworkPolicy network,
        Map<String, String> env,
        Map<ExtensionId, String> credentials) {
    public Profile {
        route = List.copyOf(route);
        templates = sorted(templates);
        env = sorted(env);
        credentials = sorted(credentials);
        if (route.isEmpty() || new TreeSet<>(route).size() != route.size()) {
            throw new IllegalArgumentException(name + ": a route names one extension at least, each once: " + route);
        }
        if (!templates.keySet().containsAll(route)) {
            throw new IllegalArgumentException(name + ": an extension of the route has no template: " + route);
        }
        if (!ttl.isPositive() || ttl.compareTo(maxTtl) > 0) {
            throw new IllegalArgumentException(name + ": ttl " + ttl + " is not between 0 and maxTtl " + maxTtl);
        }
    }

    /** One that names no credentials. */
    public Profile(
            ProfileName name,
            String description,
            List<ExtensionId> route,
            Map<ExtensionId, String> templates,
            SandboxSize size,
            Duration ttl,
            Duration maxTtl,
            NetworkPolicy network,
            Map<String, String> env) {
        this(name, description, route, templates, size, ttl, maxTtl, network, env, Map.of());
    }

    /** What a sandbox of this profile starts from at an extension of its route. */
    public String template(ExtensionId extension) {
        String template = templates.get(extension);
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
        return new Profile(
                name,
                description,
                route,
                templates,
                size,
                ttl.compareTo(longest) < 0 ? ttl : longest,
                longest,
                network,
                env,
                credentials);
    }

    /** Sorted, so that whatever is printed from it is the same each time. */
    private static <K extends Comparable<K>> SortedMap<K, String> sorted(Map<K, String> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
