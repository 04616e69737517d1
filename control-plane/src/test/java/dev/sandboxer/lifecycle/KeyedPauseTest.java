package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cloud keeps paused sandboxes until somebody with their key removes them: without it nobody may say that they are gone. */
class KeyedPauseTest extends KeyedTest {
    private Sandbox paused;

    @BeforeEach
    void pause() {
        paused = process.sandboxes().pause(create());
        keyed.cloud().revoke(MINE);
    }

    @Test
    void one_whose_key_is_refused_is_lost_and_not_expired_after_its_time() {
        installation.clock().advance(Duration.ofDays(30));
        assertThat(process.sandboxes().repair().settleDoubts())
                .singleElement()
                .satisfies(settled -> assertThat(settled.text()).startsWith("not settled"));

        installation.clock().advance(Duration.ofMinutes(6));
        process.sandboxes().repair().settleDoubts();

        assertThat(now().reason()).isEqualTo(EndReason.LOST);
    }

    @Test
    void so_is_one_whose_end_was_asked_for() {
        InstallationTest.assertFails(
                ErrorCode.BACKEND_FAILED, () -> process.sandboxes().destroy(paused));
        installation.clock().advance(Duration.ofDays(31));
        process.sandboxes().repair().settleDoubts();

        assertThat(now().reason()).isEqualTo(EndReason.LOST);
    }

    private Sandbox now() {
        return process.sandboxes().find(paused.id()).orElseThrow();
    }
}
