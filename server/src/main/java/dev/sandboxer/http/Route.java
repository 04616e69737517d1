package dev.sandboxer.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One line of the route table.
 *
 * @param method such as {@code GET}
 * @param pattern such as <code>/sandboxes/{sandboxID}</code>; a variable matches one segment that is not empty
 */
public record Route(String method, String pattern, Endpoint endpoint) {
    /** Returns the decoded values of the variables; empty if the path doesn't match. */
    Optional<Map<String, String>> match(List<String> segments) {
        var wanted = segments(pattern);
        if (wanted.size() != segments.size()) {
            return Optional.empty();
        }
        var found = new HashMap<String, String>();
        for (int i = 0; i < wanted.size(); i++) {
            var part = wanted.get(i);
            var given = segments.get(i);
            if (part.startsWith("{") && !given.isEmpty()) {
                found.put(part.substring(1, part.length() - 1), HttpExchange.decode(given.replace("+", "%2B")));
            } else if (!part.equals(given)) {
                return Optional.empty();
            }
        }
        return Optional.of(found);
    }

    static List<String> segments(String path) {
        // a request for the server as a whole, OPTIONS *, has no slash
        return path.startsWith("/") ? List.of(path.substring(1).split("/", -1)) : List.of(path);
    }
}
