package dev.sandboxer.http;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** A list of routes, of which the first that matches answers. */
public final class RouteTable {
    private static final String GET = "GET";
    private static final String HEAD = "HEAD";

    private final List<Route> routes;

    public RouteTable(Collection<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    /** What a look-up has found. */
    public sealed interface Match {
        record Found(Route route, Map<String, String> parameters) implements Match {}

        /** The path is known, but answers only to other methods. */
        record OtherMethods(Collection<String> allowed) implements Match {}

        record Nothing() implements Match {}
    }

    /** Looks a request up. HEAD finds what GET finds; the server then sends no body. */
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
