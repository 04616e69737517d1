package dev.sandboxer.http;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** A list of routes. The first that matches a request answers it. */
public final class RouteTable {
    private static final String GET = "GET";
    private static final String HEAD = "HEAD";

    private final List<Route> routes;

    public RouteTable(Collection<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    /** The result of looking up a request. */
    public sealed interface Match {
        record Found(Route route, Map<String, String> parameters) implements Match {}

        /** The path is known, but not with this method. */
        record OtherMethods(Collection<String> allowed) implements Match {}

        record Nothing() implements Match {}
    }

    /** Looks up a request. HEAD finds the route of GET; the server then sends no body. */
    public Match match(String method, String path) {
        var wanted = method.equals(HEAD) ? GET : method;
        var segments = Route.segments(path);
        var others = new TreeSet<String>();
        for (Route route : routes) {
            var parameters = route.match(segments);
            if (parameters.isPresent()) {
                if (route.method().equals(wanted)) {
                    return new Match.Found(route, parameters.get());
                }
                others.add(route.method());
                if (route.method().equals(GET)) {
                    others.add(HEAD);
                }
            }
        }
        return others.isEmpty() ? new Match.Nothing() : new Match.OtherMethods(new ArrayList<>(others));
    }

    public List<Route> all() {
        return routes;
    }
}
