package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cloud keeps paused sandboxes until they are removed with their key. Without the key they must not count as gone. */
class KeyedPauseTest extends KeyedTest {
    private Sandbox paused;

    @BeforeEach
    void pause() {
        paused = process.sandboxes().pause(create());
        keyed.cloud().revoke(MINE);
    }

    @Test
    void a_paused_sandbox_whose_key_is_refused_is_lost_after_its_deadline_and_not_expired() {
        installation.clock().advance(Duration.ofDays(30));
        assertThat(process.sandboxes().repair().repairUnfinished())
                .singleElement()
                .satisfies(settled -> assertThat(settled.text()).startsWith("not settled"));

        installation.clock().advance(Duration.ofMinutes(6));
        process.sandboxes().repair().repairUnfinished();

        assertThat(now().reason()).isEqualTo(EndReason.LOST);
    }

    @Test
    void a_stopping_sandbox_whose_key_is_refused_is_lost_too() {
        InstallationTest.assertFails(
                ErrorCode.BACKEND_FAILED, () -> process.sandboxes().destroy(paused));
        installation.clock().advance(Duration.ofDays(31));
        process.sandboxes().repair().repairUnfinished();

        assertThat(now().reason()).isEqualTo(EndReason.LOST);
    }

    private Sandbox now() {
        return process.sandboxes().find(paused.id()).orElseThrow();
    }
}
