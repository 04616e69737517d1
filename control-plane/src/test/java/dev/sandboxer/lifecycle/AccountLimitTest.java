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

/** Creations wait, up to a longest time, to stay within an account's limits. */
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
    void creations_keep_an_accounts_rate() {
        installation.limit(FIRST, new AccountLimit(Duration.ofSeconds(2), null, BOUND));
        for (int i = 0; i < 4; i++) {
            assertThat(create().extension()).isEqualTo(FIRST);
            assertThat(waited()).isEqualTo(Duration.ofSeconds(2L * i));
        }
    }

    @Test
    void if_the_next_turn_is_too_late_the_next_extension_is_tried() {
        installation.limit(FIRST, new AccountLimit(Duration.ofSeconds(30), null, BOUND));
        create();
        assertThat(create().extension()).isEqualTo(SECOND);
        assertThat(waited()).isZero();
    }

    @Test
    void a_wait_is_reported_as_progress() {
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
    void a_creation_waits_for_a_full_account_until_one_of_its_sandboxes_ends() {
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
    void an_account_that_stays_full_is_given_up_after_the_longest_wait_without_an_attempt() {
        installation.limit(FIRST, new AccountLimit(null, 1, BOUND));
        create();

        var other = create();
        assertThat(other.extension()).isEqualTo(SECOND);
        assertThat(waited()).isEqualTo(BOUND);
        assertThat(sandboxes().attempts(other)).extracting(Attempt::extension).containsExactly(SECOND);
    }

    @Test
    void when_every_account_is_full_the_error_says_so_and_no_row_is_left() {
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
    void a_throttled_backend_is_called_again_after_the_wait_it_asks_for() {
        first().plan(Call.CREATE, new Fault.Throttled(Duration.ofSeconds(3)));
        var sandbox = create();
        assertThat(sandbox.extension()).isEqualTo(FIRST);
        assertThat(waited()).isEqualTo(Duration.ofSeconds(3));
        assertThat(sandboxes().attempts(sandbox))
                .extracting(Attempt::outcome)
                .containsExactly(Outcome.REFUSED, Outcome.CREATED);
    }

    @Test
    void a_longer_wait_than_allowed_is_not_made_and_later_creations_skip_the_account() {
        second().plan(Call.CREATE, new Fault.Throttled(Duration.ofSeconds(60)));
        assertFails(ErrorCode.NO_CANDIDATE, this::createAtSecond).hasMessageContaining("too many");
        assertThat(waited()).isZero();

        assertFails(ErrorCode.NO_CANDIDATE, this::createAtSecond)
                .hasMessageContaining("circuit_open, asked to wait until 2026-11-24T12:01:00Z");
        installation.clock().advance(Duration.ofSeconds(60));
        assertThat(createAtSecond().extension()).isEqualTo(SECOND);
    }

    @Test
    void an_account_whose_backend_fails_is_skipped_until_a_probe_succeeds() {
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
