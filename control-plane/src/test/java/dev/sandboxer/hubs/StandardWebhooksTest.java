package dev.sandboxer.hubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandardWebhooksTest {
    private static final String OLD = "whsec_b2xkLWZha2Utc2VjcmV0LW9sZC1mYWtlLXNlY3JldA==";
    private static final String NEW = "whsec_bmV3LWZha2Utc2VjcmV0LW5ldy1mYWtlLXNlY3JldA==";
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00.999Z");
    private static final String TIMESTAMP = Long.toString(NOW.getEpochSecond());
    private static final byte[] BODY = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);

    /** The example of the specification's reference libraries. */
    @Test
    void it_signs_as_the_reference_libraries_do() {
        var signed = StandardWebhooks.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
                .sign(
                        "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        Instant.ofEpochSecond(1_614_265_330L),
                        "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8));

        assertThat(signed).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void the_receiver_accepts_signed_messages_and_refuses_changed_ones() {
        var webhooks = StandardWebhooks.of(NEW);
        var signature = webhooks.sign("e1", NOW, BODY);

        assertThat(webhooks.verify("e1", TIMESTAMP, signature, BODY, NOW)).isTrue();
        assertThat(webhooks.verify("e2", TIMESTAMP, signature, BODY, NOW)).isFalse();
        assertThat(webhooks.verify("e1", "1" + TIMESTAMP, signature, BODY, NOW)).isFalse();
        assertThat(webhooks.verify("e1", TIMESTAMP, signature, new byte[] {1}, NOW))
                .isFalse();
        assertThat(webhooks.verify("e1", TIMESTAMP, signature.replace("v1,", "v2,"), BODY, NOW))
                .isFalse();
        assertThat(webhooks.verify("e1", TIMESTAMP, "", BODY, NOW)).isFalse();
        assertThat(webhooks.verify("e1", "", signature, BODY, NOW)).isFalse();
        assertThat(webhooks.verify("e1", "9".repeat(18), signature, BODY, NOW)).isFalse();
        assertThat(StandardWebhooks.of(OLD).verify("e1", TIMESTAMP, signature, BODY, NOW))
                .isFalse();
    }

    @Test
    void a_message_is_valid_for_five_minutes_before_and_after_the_receivers_time() {
        var webhooks = StandardWebhooks.of(NEW);
        var signature = webhooks.sign("e1", NOW, BODY);
        var sent = Instant.ofEpochSecond(NOW.getEpochSecond());

        for (Instant good : new Instant[] {sent.plus(Duration.ofMinutes(5)), sent.minus(Duration.ofMinutes(5))}) {
            assertThat(webhooks.verify("e1", TIMESTAMP, signature, BODY, good)).isTrue();
        }
        assertThat(webhooks.verify("e1", TIMESTAMP, signature, BODY, sent.plus(Duration.ofMillis(300_001))))
                .isFalse();
        assertThat(webhooks.verify("e1", TIMESTAMP, signature, BODY, sent.minus(Duration.ofMillis(300_001))))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {OLD + " " + NEW, NEW + "," + OLD, " " + OLD + " ,\n" + NEW + " "})
    void during_a_rotation_receivers_accept_with_the_old_or_the_new_secret(String both) {
        var signature = StandardWebhooks.of(both).sign("e1", NOW, BODY);

        assertThat(signature.split(" ")).hasSize(2);
        assertThat(StandardWebhooks.of(OLD).verify("e1", TIMESTAMP, signature, BODY, NOW))
                .isTrue();
        assertThat(StandardWebhooks.of(NEW).verify("e1", TIMESTAMP, signature, BODY, NOW))
                .isTrue();
        assertThat(StandardWebhooks.of(both)
                        .verify("e1", TIMESTAMP, StandardWebhooks.of(NEW).sign("e1", NOW, BODY), BODY, NOW))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " , ", "fake-secret", "whsec_", "whsec_!!fake!!", "whsec_ZmFrZQ==", OLD + " fake-secret"})
    void a_malformed_secret_is_refused_without_being_shown(String secrets) {
        assertThatThrownBy(() -> StandardWebhooks.of(secrets)).isInstanceOfSatisfying(SandboxException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG);
            assertThat(e.getMessage()).doesNotContain("fake", "ZmFrZ");
            assertThat(e.getCause()).isNull();
        });
    }

    @Test
    void a_secret_that_is_too_long_is_refused() {
        var long65 = "whsec_" + Base64.getEncoder().encodeToString(new byte[65]);
        assertThatThrownBy(() -> StandardWebhooks.of(long65)).hasMessageContaining("65 bytes");
        StandardWebhooks.of("whsec_" + Base64.getEncoder().encodeToString(new byte[64]));
    }
}
