package dev.sandboxer.http.e2b.control;

import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.lifecycle.state.SandboxQuery.Cursor;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list, as requested by the client.
 *
 * @param limit the most entries of the page, from 1 to 100 in a request
 * @param after the last entry of the previous page; null = the first page
 */
record Page(int limit, @Nullable Cursor after) {
    /** The whole list. */
    static final Page ALL = new Page(Integer.MAX_VALUE - 1, null);

    private static final String NEXT = "X-Next-Token";
    private static final int MAX_LIMIT = 100;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}");
    private static final Pattern TOKEN = Pattern.compile("([0-9]{1,15})/([a-z0-9]{1,40})");

    static Page of(HttpExchange exchange) {
        var limit = exchange.query("limit");
        var token = exchange.query("nextToken");
        return new Page(
                limit == null ? MAX_LIMIT : limit(limit), token == null || token.isEmpty() ? null : cursor(token));
    }

    private static int limit(String text) {
        var limit = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new E2bException(400, "limit must be a number from 1 to " + MAX_LIMIT);
        }
        return limit;
    }

    private static Cursor cursor(String token) {
        try {
            var text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            var match = TOKEN.matcher(text);
            if (match.matches()) {
                return new Cursor(Long.parseLong(match.group(1)), match.group(2));
            }
        } catch (IllegalArgumentException e) {
            // answered below
        }
        throw new E2bException(400, "nextToken is invalid; send the X-Next-Token of the previous page");
    }

    /** Returns how many entries to read: one more than is shown, which tells whether there is a next page. */
    int wanted() {
        return limit + 1;
    }

    /** Returns the entries to show. If there is a next page, sets the header that leads to it. */
    <T> List<T> shown(HttpExchange exchange, List<T> found, Function<T, Cursor> place) {
        if (found.size() <= limit) {
            return found;
        }
        var shown = found.subList(0, limit);
        var last = place.apply(shown.getLast());
        var token = last.atMs() + "/" + last.id();
        exchange.header(
                NEXT, Base64.getUrlEncoder().withoutPadding().encodeToString(token.getBytes(StandardCharsets.UTF_8)));
        return shown;
    }
}
