package dev.sandboxer.http.e2b.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.lifecycle.state.SandboxId;
import org.junit.jupiter.api.Test;

class TokensTest {
    private static final SandboxId ONE = new SandboxId("sone");
    private static final SandboxId OTHER = new SandboxId("sother");

    @Test
    void a_token_depends_only_on_the_secret_and_the_sandbox() {
        assertThat(tokens("k").access(ONE)).isEqualTo(tokens("k").access(ONE)).matches("[0-9a-f]{40}");
        assertThat(tokens("k").access(ONE)).isNotEqualTo(tokens("K").access(ONE));
    }

    @Test
    void each_sandbox_and_purpose_has_its_own_token() {
        var tokens = tokens("k");

        assertThat(tokens.access(ONE)).isNotEqualTo(tokens.access(OTHER)).isNotEqualTo(tokens.traffic(ONE));
        assertThat(tokens.traffic(ONE)).isNotEqualTo(tokens.traffic(OTHER));
    }

    @Test
    void only_the_exact_token_is_equal() {
        assertThat(Tokens.equal("abc", "abc")).isTrue();
        for (String wrong : new String[] {null, "", "ab", "abcd", "ABC", " abc", "abc\0"}) {
            assertThat(Tokens.equal("abc", wrong)).as(wrong).isFalse();
        }
    }

    private static Tokens tokens(String secret) {
        return new Tokens(secret.getBytes(UTF_8));
    }
}
