package com.example.httpbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.ExtensionException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccountTest {
    @Test
    void the_url_is_optional() {
        assertThat(Account.of(new Credential(Map.of("token", "fake"))).url()).hasPort(7171);
    }

    @Test
    void a_malformed_url_is_refused_without_repeating_it() {
        for (String url : new String[] {"fake-secret", "http://a:b@c", "http://[", "http://x/path"}) {
            assertThatThrownBy(() -> Account.of(new Credential(Map.of("token", "fake", "url", url))))
                    .isInstanceOf(ExtensionException.class)
                    .hasMessageStartingWith("the field url")
                    .message()
                    .doesNotContain(url);
        }
    }

    @Test
    void its_string_form_hides_the_token() {
        assertThat(Account.of(new Credential(Map.of("token", "fake-secret"))).toString()).doesNotContain("fake-secret");
    }
}
