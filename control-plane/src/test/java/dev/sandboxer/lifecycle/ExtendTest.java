package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.TestInstallation;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ExtendTest extends InstallationTest {
    @Test
    void the_deadline_moves_at_the_backend_and_in_the_row_counted_from_now() {
        var sandbox = create();
        installation.clock().advance(Duration.ofMinutes(5));

        var extended = extend(sandbox, Duration.ofMinutes(30));

        assertThat(extended.deadline()).isEqualTo(Instant.parse("2026-11-24T12:35:00Z"));
        assertThat(read(sandbox)).isEqualTo(extended);
        assertThat(backendDeadline()).isEqualTo(extended.deadline());
    }

    @Test
    void it_may_shorten_too() {
        var extended = extend(create(), Duration.ofSeconds(1));
        assertThat(backendDeadline()).isEqualTo(extended.deadline()).isEqualTo(Instant.parse("2026-11-24T12:00:01Z"));
    }

    @Test
    void the_backend_is_asked_before_the_row_is_written() {
        var sandbox = create();
        installation.crashes().reset();

        extend(sandbox, Duration.ofMinutes(30));

        assertThat(installation.crashes().passed())
                .containsExactly("SET_DEADLINE before", "SET_DEADLINE after", "COMMIT before", "COMMIT after");
    }

    @Test
    void a_backend_that_refuses_leaves_the_row_as_it_was() {
        var sandbox = create();
        first().plan(Call.SET_DEADLINE, Fault.refused(Kind.TRANSIENT));

        assertFails(ErrorCode.BACKEND_FAILED, () -> extend(sandbox, Duration.ofMinutes(30)))
                .hasMessageContaining(sandbox.id().value());

        assertThat(read(sandbox)).isEqualTo(sandbox);
    }

    @Test
    void the_cap_counts_the_whole_life() {
        var sandbox = create();
        installation.clock().advance(Duration.ofMinutes(5));

        assertFails(ErrorCode.INVALID_TTL, () -> extend(sandbox, Duration.ofMinutes(56)))
                .hasMessageContaining("1h in all")
                .hasMessageContaining("2026-11-24T13:00:00Z");
        assertThat(extend(sandbox, Duration.ofMinutes(55)).deadline())
                .isEqualTo(sandbox.createdAt().plus(TestInstallation.MAX_TTL));
    }

    @Test
    void a_time_to_live_of_zero_or_beyond_the_cap_is_refused() {
        var sandbox = create();
        assertFails(ErrorCode.INVALID_TTL, () -> extend(sandbox, Duration.ZERO));
        assertFails(ErrorCode.INVALID_TTL, () -> extend(sandbox, Duration.ofMinutes(-5)));
        assertFails(ErrorCode.INVALID_TTL, () -> extend(sandbox, TestInstallation.MAX_TTL.plusMillis(1)));
        assertThat(read(sandbox)).isEqualTo(sandbox);
        assertThat(backendDeadline()).isEqualTo(sandbox.deadline());
    }

    @Test
    void an_ended_sandbox_says_when_and_why_it_ended() {
        var ended = sandboxes().destroy(create());
        assertFails(ErrorCode.SANDBOX_ENDED, () -> extend(ended, Duration.ofMinutes(1)))
                .hasMessageContaining("killed at 2026-11-24T12:00:00Z");
    }

    @Test
    void a_sandbox_that_expired_unnoticed_is_recorded_as_expired() {
        var sandbox = create();
        installation.clock().advance(Duration.ofMinutes(11));

        assertFails(ErrorCode.SANDBOX_ENDED, () -> extend(sandbox, Duration.ofMinutes(1)))
                .hasMessageContaining("expired at 2026-11-24T12:10:00Z");
        assertThat(read(sandbox).reason()).isEqualTo(EndReason.EXPIRED);
    }

    @Test
    void an_extension_that_cannot_move_deadlines_is_not_asked_to() {
        var sandbox = create();
        var rigid = ((FakeExtension) installation.extensions().getFirst()).with(EnumSet.noneOf(Capability.class));
        try (var other = installation.start(List.of(rigid))) {
            assertFails(
                            ErrorCode.UNSUPPORTED,
                            () -> other.sandboxes().extend(sandbox, Duration.ofMinutes(1), installation.profile()))
                    .hasMessageContaining("ext.first can't move a deadline");
        }
    }

    @Test
    void of_two_simultaneous_extensions_the_last_one_counts_in_row_and_backend() {
        var sandbox = create();
        var told = new AtomicInteger();
        first().watch(point -> {
            if (point.equals("SET_DEADLINE after") && told.incrementAndGet() == 1) {
                try (var other = installation.start()) { // between our call of the backend and our write of the row
                    other.sandboxes().extend(sandbox, Duration.ofMinutes(20), installation.profile());
                }
            }
        });

        var extended = extend(sandbox, Duration.ofMinutes(30));

        assertThat(extended.deadline()).isEqualTo(Instant.parse("2026-11-24T12:30:00Z"));
        assertThat(read(sandbox)).isEqualTo(extended);
        assertThat(backendDeadline()).isEqualTo(extended.deadline());
    }

    @Test
    void a_deadline_that_the_backend_shortens_is_written() {
        first().allowNoMoreThan(Duration.ofMinutes(15));

        var extended = extend(create(), Duration.ofMinutes(30));

        assertThat(extended.deadline()).isEqualTo(Instant.parse("2026-11-24T12:15:00Z"));
        assertThat(read(extended)).isEqualTo(extended);
    }

    @Test
    void extend_as_allowed_shortens_the_deadline_to_the_cap() {
        var sandbox = create();
        installation.clock().advance(Duration.ofMinutes(5));

        var extended = sandboxes().extendAsAllowed(sandbox, TestInstallation.MAX_TTL, installation.profile());

        assertThat(extended.deadline()).isEqualTo(sandbox.createdAt().plus(TestInstallation.MAX_TTL));
        assertThat(backendDeadline()).isEqualTo(extended.deadline());
    }

    @Test
    void the_cap_does_not_count_pauses() {
        var sandbox = sandboxes().pause(create());
        installation.clock().advance(Duration.ofDays(3));
        var resumed = sandboxes().resume(sandbox, Duration.ofMinutes(10), installation.profile());

        assertThat(extend(resumed, Duration.ofMinutes(60)).deadline()).isEqualTo(Instant.parse("2026-11-27T13:00:00Z"));
        assertThat(extend(resumed, Duration.ofMinutes(1)).deadline()).isEqualTo(Instant.parse("2026-11-27T12:01:00Z"));
    }

    @Test
    void a_consumer_that_is_disabled_gets_no_more_time() {
        var sandbox = create();
        var consumers = new Consumers(process.database(), installation.clock());
        consumers.add(TestInstallation.ME);
        consumers.disable(TestInstallation.ME);
        assertFails(ErrorCode.CONSUMER_DISABLED, () -> extend(sandbox, Duration.ofMinutes(30)));
        var paused = sandboxes().pause(sandbox);
        assertFails(
                ErrorCode.CONSUMER_DISABLED,
                () -> sandboxes().resume(paused, Duration.ofMinutes(1), installation.profile()));
    }

    private Sandbox extend(Sandbox sandbox, Duration ttl) {
        return sandboxes().extend(sandbox, ttl, installation.profile());
    }

    private Instant backendDeadline() {
        return first().running().getFirst().deadline();
    }
}
