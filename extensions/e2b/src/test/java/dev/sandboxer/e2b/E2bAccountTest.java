package dev.sandboxer.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class E2bAccountTest {
    private static final String KEY = ScriptedCloud.KEY;

    @Test
    void a_malformed_key_is_refused_before_any_call_and_not_repeated() {
        for (var key : new String[] {
            "",
            "e2b_",
            "sk_123",
            "0123456789abcdef",
            "E2B_0123",
            "e2b_xyz",
            "e2b_0123 ",
            " e2b_0123",
            "e2b_0123\n",
            "e2b_01\n23",
            "\ne2b_0123",
            "e2b_0123\r\nX-Other: 1",
            "e2b_0123\0",
            "e2b_٠١٢٣",
            "e2b_" + "0".repeat(201)
        }) {
            assertThatThrownBy(() -> E2bAccount.of(new Credential(Map.of("api_key", key))))
                    .isInstanceOfSatisfying(ExtensionException.class, e -> {
                        assertThat(e.kind()).isEqualTo(Kind.CREDENTIAL);
                        assertThat(e.effect()).isEqualTo(Effect.NOT_APPLIED);
                        assertThat(e.getMessage()).contains("api_key").doesNotContain("\n", "\r", "0123");
                    });
        }
    }

    @Test
    void a_missing_key_and_an_unknown_field_are_named() {
        assertThatThrownBy(() -> E2bAccount.of(Credential.none())).hasMessageContaining("api_key is missing");
        assertThatThrownBy(() -> account(Map.of("apiKey", "x"))).hasMessageContaining("apiKey");
    }

    @Test
    void only_the_key_is_required_and_secret_and_every_field_has_its_variable() {
        assertThat(E2bAccount.FIELDS)
                .filteredOn(CredentialField::required)
                .containsExactly(E2bAccount.FIELDS.getFirst());
        assertThat(E2bAccount.FIELDS).filteredOn(CredentialField::secret).containsExactly(E2bAccount.FIELDS.getFirst());
        assertThat(E2bAccount.FIELDS)
                .extracting(CredentialField::environment)
                .containsExactly("E2B_API_KEY", "E2B_API_URL", "E2B_SANDBOX_URL", "E2B_DOMAIN");
    }

    @Test
    void without_settings_the_account_is_at_e2bs_own_cloud() {
        var account = account(Map.of());
        assertThat(account.apiUrl()).isEqualTo("https://api.e2b.app");
        assertThat(account.sandboxOrigin("sb", null, 49983)).isEqualTo("https://sandbox.e2b.app");
    }

    @Test
    void empty_settings_count_as_unset() {
        assertThat(account(Map.of("api_url", "", "sandbox_url", "", "domain", "")))
                .isEqualTo(account(Map.of()));
    }

    @Test
    void a_domain_decides_where_both_planes_are() {
        var account = account(Map.of("domain", "example.org"));
        assertThat(account.apiUrl()).isEqualTo("https://api.example.org");
        assertThat(account.sandboxOrigin("sb1", null, 49983)).isEqualTo("https://49983-sb1.example.org");
    }

    @Test
    void the_domain_that_the_server_names_overrides_the_setting_and_a_sandbox_url_overrides_both() {
        assertThat(account(Map.of("domain", "example.org")).sandboxOrigin("sb", "e2b.dev", 49983))
                .isEqualTo("https://sandbox.e2b.dev");
        assertThat(account(Map.of()).sandboxOrigin("sb", "eu.example.org:8443", 49983))
                .isEqualTo("https://49983-sb.eu.example.org:8443");
        assertThat(account(Map.of("sandbox_url", "http://127.0.0.1:3000/")).sandboxOrigin("sb", "e2b.dev", 49983))
                .isEqualTo("http://127.0.0.1:3000");
    }

    @Test
    void another_control_plane_never_leads_to_e2bs_sandboxes() {
        var account = account(Map.of("api_url", "http://127.0.0.1:3000"));
        assertThatThrownBy(() -> account.sandboxOrigin("sb", null, 49983))
                .isInstanceOf(ExtensionException.class)
                .hasMessageContaining("sandbox_url");
    }

    @Test
    void a_server_cant_send_tokens_elsewhere_with_a_malformed_domain() {
        for (var domain : new String[] {"evil.org/x", "a@b", "x y", "evil.org?", "#", "-a", "a\nb", ".."}) {
            assertThatThrownBy(() -> account(Map.of()).sandboxOrigin("sb", domain, 49983))
                    .isInstanceOf(ExtensionException.class);
        }
    }

    @Test
    void malformed_addresses_are_refused_and_not_repeated() {
        for (var url : new String[] {
            "api.e2b.app",
            "ftp://x",
            "https://",
            "https://u:" + KEY + "@x",
            "https://x/?key=" + KEY,
            "https://x#y",
            "h\n"
        }) {
            assertThatThrownBy(() -> account(Map.of("api_url", url)))
                    .isInstanceOfSatisfying(
                            ExtensionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CREDENTIAL))
                    .message()
                    .contains("api_url")
                    .doesNotContain(KEY);
        }
    }

    @Test
    void the_string_form_and_the_identity_contain_no_key() {
        var account = account(Map.of());
        assertThat(account.toString()).doesNotContain(KEY);
        assertThat(account.identity())
                .doesNotContain(KEY.substring(4))
                .isEqualTo(account(Map.of()).identity());
        assertThat(account.identity())
                .isNotEqualTo(account(Map.of("domain", "e2b.dev")).identity());
    }

    private static E2bAccount account(Map<String, String> settings) {
        var fields = new HashMap<>(settings);
        fields.put("api_key", KEY);
        return E2bAccount.of(new Credential(fields));
    }
}
