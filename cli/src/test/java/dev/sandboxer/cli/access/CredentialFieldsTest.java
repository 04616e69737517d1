package dev.sandboxer.cli.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialFieldsTest {
    private static final Extension E2B = ServiceLoader.load(Extension.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(extension -> extension.id().equals(new ExtensionId("ext.e2b")))
            .findFirst()
            .orElseThrow();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "e2b_00",
                "e2b_00\n",
                "api_key=e2b_00",
                "# the account of the team\n\napi_key=e2b_00\n",
                "{\"api_key\": \"e2b_00\"}",
                " {\"api_key\":\"e2b_00\"}\n"
            })
    void a_key_is_accepted_in_every_supported_form(String input) {
        assertThat(parse(input)).isEqualTo(Map.of("api_key", "e2b_00"));
    }

    @Test
    void a_value_is_all_that_follows_the_first_equals_sign() {
        assertThat(parse("api_key=e2b_00\napi_url=https://x/?a=b\n"))
                .isEqualTo(Map.of("api_key", "e2b_00", "api_url", "https://x/?a=b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "e2b_secret\ne2b_secret",
                "api_key=e2b_secret\napi_key=e2b_secret",
                "=e2b_secret\n=e2b_secret",
                "{\"api_key\": \"e2b_secret",
                "{\"api_key\": [\"e2b_secret\"]}",
                "{\"api_key\": \"e2b_secret\"} e2b_secret",
                "{\"api_key\": \"e2b_secret\", \"api_key\": \"e2b_secret\"}"
            })
    void malformed_input_is_refused_and_not_repeated(String input) {
        assertThatThrownBy(() -> parse(input)).isInstanceOfSatisfying(SandboxException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CREDENTIAL_INVALID);
            assertThat(e).hasMessageContaining("fields api_key, ");
            assertThat(e.getMessage()).doesNotContain("secret");
            assertThat(e.getCause()).isNull();
        });
    }

    @Test
    void binary_or_endless_input_is_refused() {
        assertThatThrownBy(() -> new CredentialFields(E2B).parse(new byte[] {(byte) 0xff, 'a'}))
                .hasMessageContaining("not UTF-8");
        assertThatThrownBy(() -> new CredentialFields(E2B).parse(new byte[100_000]))
                .hasMessageContaining("longer than");
    }

    private static Map<String, String> parse(String input) {
        return new CredentialFields(E2B).parse(input.getBytes(StandardCharsets.UTF_8));
    }
}
