package dev.sandboxer.http.e2b.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.http.LiveExchange;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.lifecycle.state.SandboxQuery.Cursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PageTest {
    private static LiveExchange live;

    @BeforeAll
    static void open() {
        live = new LiveExchange();
    }

    @AfterAll
    static void close() {
        live.close();
    }

    @Test
    void by_default_a_page_has_the_first_hundred_entries() {
        assertThat(live.get("/", Page::of)).isEqualTo(new Page(100, null));
        assertThat(live.get("/?limit=7&nextToken=", Page::of)).isEqualTo(new Page(7, null));
    }

    @Test
    void pages_follow_each_other_without_gap_or_overlap() {
        var all = IntStream.range(0, 23).boxed().toList();
        for (int limit : List.of(1, 7, 22, 23, 24, 100)) {
            var seen = new ArrayList<Integer>();
            String token = null;
            do {
                token = page(all, limit, token, seen);
            } while (token != null);
            assertThat(seen).as("limit %d", limit).isEqualTo(all);
        }
    }

    @Test
    void a_limit_is_a_number_from_1_to_100() {
        for (String limit : List.of("0", "101", "-1", "1.5", "1e1", "ten", "", "%20", "99999999999999")) {
            assertThatThrownBy(() -> live.get("/?limit=" + limit, Page::of))
                    .as(limit)
                    .isInstanceOfSatisfying(
                            E2bException.class, e -> assertThat(e.status()).isEqualTo(400))
                    .hasMessageContaining("1 to 100");
        }
    }

    @Test
    void an_invalid_token_is_refused() {
        for (String token : List.of(
                "x",
                "%00",
                "abcd",
                "====",
                "ä",
                token("1/"),
                token("/a"),
                token("1/A"),
                token("-1/a"),
                token("1/a/b"),
                token("1/a' OR '1'='1"),
                token("9999999999999999/a"),
                "A".repeat(20_000))) {
            assertThatThrownBy(() -> live.get("/?nextToken=" + token, Page::of))
                    .as(token)
                    .isInstanceOfSatisfying(
                            E2bException.class, e -> assertThat(e.status()).isEqualTo(400))
                    .hasMessageContaining("nextToken");
        }
    }

    private static String token(String plain) {
        return Base64.getUrlEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds the entries of one page and returns the token of the next one. */
    private static @Nullable String page(List<Integer> all, int limit, @Nullable String token, List<Integer> seen) {
        return live.get("/?limit=" + limit + (token == null ? "" : "&nextToken=" + token), exchange -> {
            var page = Page.of(exchange);
            var after = page.after();
            var from = after == null ? 0 : (int) after.atMs() + 1;
            var found = all.subList(from, Math.min(all.size(), from + page.wanted()));
            seen.addAll(page.shown(exchange, found, number -> new Cursor(number, "n" + number)));
            return exchange.response().getHeaders().get("X-Next-Token");
        });
    }
}
