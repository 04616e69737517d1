package dev.sandboxer.modal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModalAccountTest {
    private static final String SECRET = "as-0123456789abcdef";

    @Test
    void half_a_token_is_refused_and_the_missing_half_is_named() {
        assertThatThrownBy(() -> ModalAccount.of(new Credential(Map.of("token_id", "ak-1"))))
                .hasMessageContaining("token_secret is missing (MODAL_TOKEN_SECRET)")
                .hasMessageContaining("alone is not enough");
        assertThatThrownBy(() -> ModalAccount.of(new Credential(Map.of("token_secret", SECRET))))
                .hasMessageContaining("token_id is missing (MODAL_TOKEN_ID)")
                .message()
                .doesNotContain(SECRET);
        assertThatThrownBy(() -> ModalAccount.of(Credential.none())).hasMessageContaining("token_id is missing");
    }

    @Test
    void values_that_would_break_a_header_are_refused_and_not_repeated() {
        for (var secret :
                new String[] {" " + SECRET, SECRET + "\r\nX-Other: 1", SECRET + " ", SECRET + "ü", SECRET + "\0"}) {
            assertThatThrownBy(() -> account(Map.of("token_secret", secret)))
                    .isInstanceOfSatisfying(
                            ExtensionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CREDENTIAL))
                    .message()
                    .contains("token_secret")
                    .doesNotContain(SECRET);
        }
        assertThatThrownBy(() -> account(Map.of("tokenid", "x"))).hasMessageContaining("tokenid");
        assertThatThrownBy(() -> account(Map.of("environment", "a b"))).hasMessageContaining("environment");
    }

    @Test
    void without_an_address_the_server_is_modals_own() {
        var server = account(Map.of("server_url", "")).server();

        assertThat(server.host()).isEqualTo("api.modal.com");
        assertThat(server.port()).isEqualTo(443);
        assertThat(server.plaintext()).isFalse();
    }

    @Test
    void a_token_is_sent_unencrypted_only_on_this_machine() {
        assertThat(account(Map.of("server_url", "http://127.0.0.1:7071"))
                        .server()
                        .plaintext())
                .isTrue();
        assertThat(account(Map.of("server_url", "http://[::1]:7071")).server().host())
                .isEqualTo("::1");
        for (var url : new String[] {"http://modal.example", "http://127.0.0.1.example", "http://10.0.0.1:80"}) {
            assertThatThrownBy(() -> account(Map.of("server_url", url))).hasMessageContaining("https");
        }
    }

    @Test
    void malformed_addresses_are_refused_and_not_in_the_message() {
        for (var url : new String[] {
            "api.modal.com",
            "ftp://x",
            "https://",
            "https://u:" + SECRET + "@x",
            "https://x/?k=" + SECRET,
            "https://x/y",
            "https://a.example,https://b.example",
            "h\n"
        }) {
            assertThatThrownBy(() -> account(Map.of("server_url", url)))
                    .message()
                    .contains("server_url")
                    .doesNotContain(SECRET);
        }
    }

    @Test
    void only_the_secret_is_secret_and_every_field_has_its_variable() {
        assertThat(ModalAccount.FIELDS)
                .filteredOn(CredentialField::secret)
                .extracting(CredentialField::name)
                .containsExactly("token_secret");
        assertThat(ModalAccount.FIELDS)
                .extracting(CredentialField::environment)
                .containsExactly("MODAL_TOKEN_ID", "MODAL_TOKEN_SECRET", "MODAL_SERVER_URL", "MODAL_ENVIRONMENT");
    }

    @Test
    void the_string_form_and_the_identity_contain_no_secret() {
        assertThat(account(Map.of()).toString()).doesNotContain(SECRET);
        assertThat(account(Map.of()).identity())
                .doesNotContain("0123456789abcdef")
                .isEqualTo(account(Map.of()).identity())
                .isNotEqualTo(account(Map.of("token_secret", "as-other")).identity())
                .isNotEqualTo(account(Map.of("environment", "dev")).identity());
    }

    private static ModalAccount account(Map<String, String> settings) {
        var fields = new HashMap<>(Map.of("token_id", "ak-1", "token_secret", SECRET));
        fields.putAll(settings);
        return ModalAccount.of(new Credential(fields));
    }
}
