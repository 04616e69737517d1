package dev.sandboxer.modal.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AuthTokensTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-30T10:00:00Z"));
    private final AuthTokens tokens = new AuthTokens(now::get);
    private final AtomicInteger fetched = new AtomicInteger();

    private String fresh() {
        fetched.incrementAndGet();
        var payload =
                "{\"n\":" + fetched + ",\"exp\":" + now.get().plusSeconds(3600).getEpochSecond() + "}";
        return "e30." + Base64.getEncoder().encodeToString(payload.getBytes(StandardCharsets.UTF_8)) + ".sig";
    }

    private static String refused(Kind kind) {
        throw ExtensionException.notApplied(kind, "refused");
    }

    private void pass(Duration time) {
        now.updateAndGet(it -> it.plus(time));
    }

    @Test
    void a_token_is_used_for_half_its_life_and_renewed_before_it_expires() {
        var first = tokens.get(this::fresh);
        pass(Duration.ofMinutes(29));
        assertThat(tokens.get(this::fresh)).isEqualTo(first);
        pass(Duration.ofMinutes(8));
        assertThat(tokens.get(this::fresh)).isNotEqualTo(first);
        assertThat(fetched).hasValue(2);
    }

    @Test
    void while_a_renewal_fails_the_old_token_is_used_until_it_expires() {
        var first = tokens.get(this::fresh);
        pass(Duration.ofMinutes(40));
        assertThat(tokens.get(() -> refused(Kind.TRANSIENT))).isEqualTo(first);
        assertThat(tokens.get(this::fresh)).as("not requested again at once").isEqualTo(first);
        pass(Duration.ofMinutes(21));
        assertThatThrownBy(() -> tokens.get(() -> refused(Kind.TRANSIENT))).hasMessage("refused");
    }

    @Test
    void a_refused_credential_is_reported_at_once() {
        tokens.get(this::fresh);
        pass(Duration.ofMinutes(40));
        assertThatThrownBy(() -> tokens.get(() -> refused(Kind.CREDENTIAL))).hasMessage("refused");
    }

    @Test
    void a_token_that_the_server_refuses_is_not_used_again() {
        var first = tokens.get(this::fresh);
        tokens.reject("another");
        assertThat(tokens.get(this::fresh)).isEqualTo(first);
        tokens.reject(first);
        assertThat(tokens.get(this::fresh)).isNotEqualTo(first);
    }

    @Test
    void a_token_without_an_expiry_is_used_for_a_while_and_an_empty_one_is_refused() {
        tokens.get(() -> "opaque");
        pass(Duration.ofMinutes(9));
        assertThat(tokens.get(this::fresh)).isEqualTo("opaque");
        assertThatThrownBy(() -> new AuthTokens(now::get).get(() -> "")).hasMessageContaining("empty");
    }
}
