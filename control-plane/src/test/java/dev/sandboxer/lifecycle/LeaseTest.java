package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The time until which only one worker may work on a sandbox. */
class LeaseTest extends InstallationTest {
    @Test
    void a_change_keeps_its_lease_when_another_call_about_its_sandbox_fails() {
        first().watch(point -> {
            if (point.equals("CREATE before")) {
                assertFails(ErrorCode.CONFLICT, () -> sandboxes().pause(only()));
                assertThat(only().leaseUntil()).isAfter(installation.clock().instant());
            }
        });

        assertThat(create().state()).isEqualTo(SandboxState.RUNNING);
    }

    @Test
    void a_failed_change_releases_its_lease() {
        var sandbox = create();
        first().plan(Call.DESTROY, Fault.refused(Kind.TRANSIENT));

        assertFails(ErrorCode.BACKEND_FAILED, () -> sandboxes().destroy(sandbox));

        assertThat(only().state()).isEqualTo(SandboxState.STOPPING);
        assertThat(only().leaseUntil()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void a_finished_sandbox_has_no_lease() {
        assertThat(create().leaseUntil()).isNull();
        assertThat(sandboxes().destroy(only()).leaseUntil()).isNull();
    }
}
