package dev.sandboxer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.RouteTable.Match;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    private static final Endpoint NOTHING = exchange -> {};
    private static final RouteTable TABLE = new RouteTable(List.of(
            new Route("GET", "/things", NOTHING),
            new Route("POST", "/things", NOTHING),
            new Route("GET", "/things/metrics", NOTHING),
            new Route("GET", "/things/{id}", NOTHING),
            new Route("DELETE", "/things/{id}", NOTHING),
            new Route("GET", "/things/{id}/parts/{part}", NOTHING)));

    @Test
    void a_route_is_found_by_method_and_path() {
        assertThat(found("GET", "/things")).isEqualTo("/things {}");
        assertThat(found("GET", "/things/a1")).isEqualTo("/things/{id} {id=a1}");
        assertThat(found("GET", "/things/a/parts/b")).isEqualTo("/things/{id}/parts/{part} {id=a, part=b}");
    }

    @Test
    void the_first_matching_route_wins() {
        assertThat(found("GET", "/things/metrics")).isEqualTo("/things/metrics {}");
        assertThat(found("DELETE", "/things/metrics")).isEqualTo("/things/{id} {id=metrics}");
    }

    @Test
    void a_known_path_with_another_method_lists_the_allowed_methods() {
        assertThat(TABLE.match("PUT", "/things")).isEqualTo(new Match.OtherMethods(List.of("GET", "HEAD", "POST")));
        assertThat(TABLE.match("POST", "/things/a"))
                .isEqualTo(new Match.OtherMethods(List.of("DELETE", "GET", "HEAD")));
        assertThat(TABLE.match("get", "/things"))
                .as("methods are case-sensitive")
                .isInstanceOf(Match.OtherMethods.class);
    }

    @Test
    void head_finds_the_route_of_get_and_no_other() {
        assertThat(found("HEAD", "/things/a1")).isEqualTo("/things/{id} {id=a1}");
        assertThat(new RouteTable(List.of(new Route("POST", "/things", NOTHING))).match("HEAD", "/things"))
                .isEqualTo(new Match.OtherMethods(List.of("POST")));
    }

    @Test
    void similar_paths_do_not_match() {
        for (String path : List.of(
                "/",
                "/thing",
                "/THINGS",
                "/things/",
                "//things",
                "/things//",
                "/things/a/",
                "/things//parts/b",
                "/things/a/parts/",
                "/things/a/parts/b/c",
                "/things;x=1",
                "/%74hings",
                "/./things",
                "/things/a/../b",
                "/{id}",
                "*")) {
            assertThat(TABLE.match("GET", path)).as(path).isEqualTo(new Match.Nothing());
        }
    }

    @Test
    void an_empty_path_matches_nothing() {
        assertThat(TABLE.match("GET", "")).isEqualTo(new Match.Nothing());
    }

    @Test
    void variables_are_decoded_once_and_a_plus_stays_a_plus() {
        assertThat(parameters("/things/a%20b")).containsEntry("id", "a b");
        assertThat(parameters("/things/a%2Fb")).containsEntry("id", "a/b");
        assertThat(parameters("/things/a%252Fb")).containsEntry("id", "a%2Fb");
        assertThat(parameters("/things/a+b")).containsEntry("id", "a+b");
        assertThat(parameters("/things/%C3%A4")).containsEntry("id", "ä");
        assertThat(parameters("/things/..")).containsEntry("id", "..");
    }

    @Test
    void a_malformed_escape_is_the_callers_fault() {
        for (String path : List.of("/things/%", "/things/%2", "/things/%zz", "/things/a%-1")) {
            assertThatThrownBy(() -> TABLE.match("GET", path))
                    .as(path)
                    .isInstanceOf(SandboxException.class)
                    .hasMessageContaining("escape");
        }
    }

    private static String found(String method, String path) {
        return TABLE.match(method, path) instanceof Match.Found(var route, var parameters)
                ? route.pattern() + " " + new java.util.TreeMap<>(parameters)
                : "nothing";
    }

    private static Map<String, String> parameters(String path) {
        return ((Match.Found) TABLE.match("GET", path)).parameters();
    }
}
