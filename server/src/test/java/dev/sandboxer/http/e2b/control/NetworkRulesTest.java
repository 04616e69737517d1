package dev.sandboxer.http.e2b.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.http.WireJson;
import dev.sandboxer.http.e2b.edge.E2bException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NetworkRulesTest {
    @Test
    void without_rules_or_with_a_permission_only_the_profile_decides() {
        assertThat(policy("{}", null)).isNull();
        assertThat(policy("{}", true)).isNull();
        assertThat(policy("{\"allowOut\":[],\"denyOut\":[],\"rules\":{},\"httpsPorts\":[],\"egressProxy\":null}", null))
                .isNull();
    }

    @Test
    void the_network_can_be_denied_as_a_whole() {
        assertThat(policy("{}", false)).isEqualTo(NetworkPolicy.DENY);
        for (String all : List.of("0.0.0.0/0", "::/0", "ALL_TRAFFIC")) {
            assertThat(policy("{\"denyOut\":[\"" + all + "\"]}", null)).isEqualTo(NetworkPolicy.DENY);
        }
        assertThat(policy("{\"denyOut\":[\"0.0.0.0/0\",\"::/0\"]}", true)).isEqualTo(NetworkPolicy.DENY);
    }

    @Test
    void allow_rules_win_over_deny_rules() {
        assertThat(policy("{\"allowOut\":[\"ALL_TRAFFIC\"],\"denyOut\":[\"ALL_TRAFFIC\"]}", null))
                .isEqualTo(NetworkPolicy.BACKEND_DEFAULT);
        assertThat(policy("{\"allowOut\":[\"0.0.0.0/0\"]}", null)).isEqualTo(NetworkPolicy.BACKEND_DEFAULT);
    }

    @Test
    void each_address_family_is_checked_separately() {
        for (String one : List.of("0.0.0.0/0", "::/0")) {
            assertThatThrownBy(() -> policy("{\"allowOut\":[\"" + one + "\"]}", false))
                    .as(one)
                    .isInstanceOf(E2bException.class)
                    .hasMessageContaining("network.allowOut for one family");
        }
        assertRefused("{\"allowOut\":[\"::/0\"],\"denyOut\":[\"0.0.0.0/0\"]}", "allowOut");
        assertRefused("{\"allowOut\":[\"0.0.0.0/0\"],\"denyOut\":[\"ALL_TRAFFIC\"]}", "allowOut");
        assertThat(policy("{\"allowOut\":[\"0.0.0.0/0\",\"::/0\"]}", false)).isEqualTo(NetworkPolicy.BACKEND_DEFAULT);
        assertThat(policy("{\"allowOut\":[\"::/0\"],\"denyOut\":[\"::/0\"]}", null))
                .isEqualTo(NetworkPolicy.BACKEND_DEFAULT);
    }

    @Test
    void targets_alone_leave_the_default_to_the_profile() {
        assertThat(policy("{\"allowOut\":[\"10.0.0.0/8\",\"example.com\"]}", null))
                .isNull();
        assertThat(policy("{\"denyOut\":[\"10.0.0.1\"]}", null)).isNull();
        assertThat(policy("{\"allowOut\":[\"10.0.0.1\"],\"denyOut\":[\"0.0.0.0/0\"]}", null))
                .isEqualTo(NetworkPolicy.DENY);
        assertThat(policy("{\"allowOut\":[\"*.example.com\"]}", false)).isEqualTo(NetworkPolicy.DENY);
    }

    @Test
    void rules_that_no_backend_enforces_are_refused() {
        assertRefused("{\"allowOut\":[\"10.0.0.0/33\"]}", "allowOut");
        assertRefused("{\"allowOut\":[\"0.0.0.0/0\",\"http://example.com\"]}", "allowOut");
        assertRefused("{\"denyOut\":[\"\"]}", "denyOut");
        assertRefused("{\"egressProxy\":{\"url\":\"http://proxy\"}}", "egressProxy");
        assertRefused("{\"egressProxy\":\"http://proxy\"}", "egressProxy");
        assertRefused("{\"rules\":{\"example.com\":[]}}", "rules");
        assertRefused("{\"httpsPorts\":[443]}", "httpsPorts");
    }

    @Test
    void an_entry_that_is_not_a_string_is_refused() {
        assertRefused("{\"denyOut\":[null]}", "denyOut");
        assertRefused("{\"allowOut\":[null]}", "allowOut");
    }

    @Test
    void a_host_mask_is_a_host_name_and_may_name_the_port() {
        for (String mask : List.of("localhost", "localhost:${PORT}", "${PORT}-box.example.com", "[::1]:80")) {
            assertThat(rules("{\"maskRequestHost\":\"" + mask + "\"}").mask()).isEqualTo(mask);
        }
        for (String mask : List.of("", " ", "a b", "a/b", "a\\r\\nX: y", "a\\u0000", "ä", "a".repeat(256))) {
            assertThatThrownBy(() ->
                            rules("{\"maskRequestHost\":\"" + mask + "\"}").mask())
                    .as(mask)
                    .isInstanceOf(E2bException.class)
                    .hasMessageContaining("maskRequestHost");
        }
    }

    private static NetworkRules rules(String json) {
        return WireJson.read(json.getBytes(UTF_8), NetworkRules.class);
    }

    private static @Nullable NetworkPolicy policy(String json, @Nullable Boolean internet) {
        return rules(json).policy(internet);
    }

    private static void assertRefused(String json, String word) {
        assertThatThrownBy(() -> policy(json, null))
                .as(json)
                .isInstanceOfSatisfying(
                        E2bException.class, e -> assertThat(e.status()).isEqualTo(400))
                .hasMessageContaining("network." + word);
    }
}
