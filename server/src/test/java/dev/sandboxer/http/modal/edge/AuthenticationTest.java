package dev.sandboxer.http.modal.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AuthenticationTest {
    @Test
    void an_idempotency_key_that_is_too_long_is_replaced_by_its_hash() {
        var longest = "k".repeat(200);

        assertThat(Authentication.idempotencyKey(longest)).isEqualTo("modal:" + longest);
        var hashed = Authentication.idempotencyKey(longest + "1");
        assertThat(hashed)
                .hasSizeLessThan(200)
                .isEqualTo(Authentication.idempotencyKey(longest + "1"))
                .isNotEqualTo(Authentication.idempotencyKey(longest + "2"));
        assertThat(Authentication.idempotencyKey(" ")).isNull();
        assertThat(Authentication.idempotencyKey(null)).isNull();
    }
}
