package dev.sandboxer.profiles;

import dev.sandboxer.extension.ExtensionId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The extensions that may run a profile.
 *
 * @param route best first, each once, at least one
 * @param policy the order in which they are tried
 * @param templates the template by extension, at least for each extension of the route
 * @param credentials the credential to use by extension, as an id or a name; for some extensions only
 */
public record Candidates(
        List<ExtensionId> route,
        RoutePolicy policy,
        Map<ExtensionId, String> templates,
        Map<ExtensionId, String> credentials) {
    public Candidates {
        route = List.copyOf(route);
        templates = sorted(templates);
        credentials = sorted(credentials);
        if (route.isEmpty() || new TreeSet<>(route).size() != route.size()) {
            throw new IllegalArgumentException("a route names at least one extension, each once: " + route);
        }
        if (!templates.keySet().containsAll(route)) {
            throw new IllegalArgumentException("an extension of the route has no template: " + route);
        }
    }

    /** Sorts the map, so that output made from it is always the same. */
    private static <K extends Comparable<K>> SortedMap<K, String> sorted(Map<K, String> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
