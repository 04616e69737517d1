package dev.sandboxer.http.e2b.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.testing.TestInstallation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimeoutLimitTest {
    private static final Profile HOUR = atMost(Duration.ofHours(1));

    @TempDir
    private Path home;

    @Test
    void a_timeout_up_to_the_profiles_limit_is_accepted() {
        for (var good : List.of(Duration.ofMillis(1), Duration.ofSeconds(1), Duration.ofHours(1))) {
            assertThat(TimeoutLimit.check(good, HOUR)).isEqualTo(good);
        }
    }

    @Test
    void without_a_timeout_the_default_applies_up_to_the_profiles_limit() {
        assertThat(TimeoutLimit.check(null, 300, HOUR)).isEqualTo(Duration.ofMinutes(5));
        assertThat(TimeoutLimit.check(null, 300, atMost(Duration.ofMinutes(2)))).isEqualTo(Duration.ofMinutes(2));
        assertThat(TimeoutLimit.check(60, 300, HOUR)).isEqualTo(Duration.ofMinutes(1));
        assertRefused(() -> TimeoutLimit.check(0, 300, HOUR), "Timeout must be greater than 0");
        assertRefused(() -> TimeoutLimit.check(3601, 300, HOUR), "Timeout cannot be greater than 1 hours");
    }

    @Test
    void zero_and_negative_timeouts_are_refused_in_e2bs_words() {
        for (var none : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Integer.MIN_VALUE))) {
            assertRefused(() -> TimeoutLimit.check(none, HOUR), "Timeout must be greater than 0");
        }
    }

    @Test
    void a_timeout_beyond_the_profiles_limit_is_refused_in_e2bs_words() {
        assertRefused(
                () -> TimeoutLimit.check(Duration.ofHours(1).plusMillis(1), HOUR),
                "Timeout cannot be greater than 1 hours");
        assertRefused(
                () -> TimeoutLimit.check(Duration.ofSeconds(Integer.MAX_VALUE), atMost(Duration.ofHours(24))),
                "Timeout cannot be greater than 24 hours");
        assertRefused(
                () -> TimeoutLimit.check(Duration.ofHours(3), atMost(Duration.ofMinutes(90))),
                "Timeout cannot be greater than 90 minutes");
        assertRefused(
                () -> TimeoutLimit.check(Duration.ofHours(3), atMost(Duration.ofSeconds(90))),
                "Timeout cannot be greater than 90 seconds");
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        E2bException.class, e -> assertThat(e.status()).isEqualTo(400))
                .hasMessage(message);
    }

    private static Profile atMost(Duration maxTtl) {
        return TestInstallation.profile(new ExtensionId("ext.first")).toBuilder()
                .ttl(Duration.ofSeconds(1))
                .maxTtl(maxTtl)
                .build();
    }
}
