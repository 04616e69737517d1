package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.config.AccountLimit;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.Attempt.Outcome;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.TestInstallation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The limits that a backend sets for an account are met by waiting within a bound. */
class AccountLimitTest extends InstallationTest {
    private static final ExtensionId FIRST = new ExtensionId("ext.first");
    private static final ExtensionId SECOND = new ExtensionId("ext.second");
    private static final Duration BOUND = Duration.ofSeconds(10);

    private Instant begun = Instant.EPOCH;

    @BeforeEach
    void begin() {
        begun = installation.clock().instant();
    }

    @Test
    void creations_keep_the_distance_that_an_account_wants() {
        installation.limit(FIRST, new AccountLimit(Duration.ofSeconds(2), null, BOUND));
        for (int i = 0; i < 4; i++) {
            assertThat(create().extension()).isEqualTo(FIRST);
            assertThat(waited()).isEqualTo(Duration.ofSeconds(2L * i));
        }
    }

    @Test
    void a_turn_that_comes_too_late_is_not_waited_for_and_the_next_extension_takes_it() {
        installation.limit(FIRST, new AccountLimit(Duration.ofSeconds(30), null, BOUND));
        create();
        assertThat(create().extension()).isEqualTo(SECOND);
        assertThat(waited()).isZero();
    }

    @Test
    void who_waits_is_told_so() {
        installation.limit(FIRST, new AccountLimit(Duration.ofSeconds(2), null, BOUND));
        create();
        var told = new ArrayList<String>();
        sandboxes()
                .create(CreateSandbox.of(TestInstallation.ME, installation.profile())
                        .progress(event -> told.add(event.stage() + " " + event.text()))
                        .build());
        assertThat(told).contains("QUEUED waiting 2s100ms for the limits of ext.first");
    }

    @Test
    void a_full_account_is_waited_for_and_taken_when_one_of_its_sandboxes_ends() {
        installation.limit(FIRST, new AccountLimit(null, 2, BOUND));
        create();
        var leaving = create();
        installation.clock().onAdvance(() -> sandboxes().destroy(read(leaving)));

        var sandbox = create();
        assertThat(sandbox.extension()).isEqualTo(FIRST);
        assertThat(waited()).isEqualTo(Duration.ofMillis(250));
        assertThat(sandboxes().attempts(sandbox)).extracting(Attempt::number).containsExactly(1);
    }

    @Test
    void an_account_that_stays_full_is_left_after_the_bound_and_no_attempt_is_recorded_there() {
        installation.limit(FIRST, new AccountLimit(null, 1, BOUND));
        create();

        var other = create();
        assertThat(other.extension()).isEqualTo(SECOND);
        assertThat(waited()).isEqualTo(BOUND);
        assertThat(sandboxes().attempts(other)).extracting(Attempt::extension).containsExactly(SECOND);
    }

    @Test
    void when_every_account_is_full_the_error_says_so_and_nothing_is_left() {
        installation.limit(FIRST, new AccountLimit(null, 1, BOUND));
        installation.limit(SECOND, new AccountLimit(null, 1, BOUND));
        create();
        create();
        assertFails(ErrorCode.NO_CANDIDATE, this::create)
                .hasMessageContaining("ext.first: the account has 1 of 1 sandboxes")
                .hasMessageContaining("ext.second: the account has 1 of 1 sandboxes");
        assertThat(all()).hasSize(2);
    }

    @Test
    void a_paused_sandbox_leaves_its_place_to_another() {
        installation.limit(FIRST, new AccountLimit(null, 1, BOUND));
        sandboxes().pause(create());
        assertThat(create().extension()).isEqualTo(FIRST);
    }

    @Test
    void a_backend_that_asks_for_patience_is_asked_again_after_it() {
        first().plan(Call.CREATE, new Fault.Throttled(Duration.ofSeconds(3)));
        var sandbox = create();
        assertThat(sandbox.extension()).isEqualTo(FIRST);
        assertThat(waited()).isEqualTo(Duration.ofSeconds(3));
        assertThat(sandboxes().attempts(sandbox))
                .extracting(Attempt::outcome)
                .containsExactly(Outcome.REFUSED, Outcome.CREATED);
    }

    @Test
    void patience_beyond_the_bound_is_not_had_and_others_are_told_to_wait() {
        second().plan(Call.CREATE, new Fault.Throttled(Duration.ofSeconds(60)));
        assertFails(ErrorCode.NO_CANDIDATE, this::createAtSecond).hasMessageContaining("too many");
        assertThat(waited()).isZero();

        assertFails(ErrorCode.NO_CANDIDATE, this::createAtSecond)
                .hasMessageContaining("circuit_open, asked to wait until 2026-11-24T12:01:00Z");
        installation.clock().advance(Duration.ofSeconds(60));
        assertThat(createAtSecond().extension()).isEqualTo(SECOND);
    }

    @Test
    void an_account_whose_backend_fails_is_left_alone_until_a_probe_succeeds() {
        for (int i = 0; i < 5; i++) {
            second().plan(Call.CREATE, Fault.refused(Kind.TRANSIENT));
            assertFails(ErrorCode.NO_CANDIDATE, this::createAtSecond);
        }
        second().watch(point -> {
            throw new AssertionError("asked: " + point);
        });
        assertFails(ErrorCode.NO_CANDIDATE, this::createAtSecond).hasMessageContaining("failed 5 times in a row");
        second().watch(point -> {});

        installation.clock().advance(Duration.ofSeconds(30));
        assertThat(createAtSecond().extension()).isEqualTo(SECOND);
        assertThat(createAtSecond().extension()).isEqualTo(SECOND);
    }

    private Sandbox createAtSecond() {
        return sandboxes()
                .create(CreateSandbox.of(TestInstallation.ME, TestInstallation.profile(SECOND))
                        .build());
    }

    private Duration waited() {
        return Duration.between(begun, installation.clock().instant());
    }
}
