package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UseTest extends InstallationTest {
    @Test
    void work_in_a_running_sandbox_gives_its_result() {
        assertThat(sandboxes().<Integer, RuntimeException>use(create(), session -> 42))
                .isEqualTo(42);
    }

    @ParameterizedTest
    @EnumSource
    void every_refusal_of_the_sandbox_has_an_error_code_and_keeps_its_message(Reason reason) {
        var sandbox = create();
        assertThatThrownBy(() -> sandboxes().use(sandbox, session -> {
                    throw new OperationException(reason, "no: " + reason);
                }))
                .isInstanceOf(dev.sandboxer.error.SandboxException.class)
                .hasMessageContaining("no: " + reason);
        assertThat(read(sandbox)).isEqualTo(sandbox);
    }

    @Test
    void exceptions_of_the_work_itself_pass_through() {
        var sandbox = create();
        assertThatThrownBy(() -> sandboxes().use(sandbox, session -> {
                    throw new IOException("local disk");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("local disk");
    }

    @Test
    void a_sandbox_gone_after_its_deadline_has_expired_at_the_deadline() {
        var sandbox = create();
        installation.clock().advance(Duration.ofHours(3));

        assertUse(sandbox, ErrorCode.SANDBOX_ENDED, "expired at 2026-11-24T12:10:00Z");

        assertThat(read(sandbox).state()).isEqualTo(SandboxState.STOPPED);
        assertThat(read(sandbox).reason()).isEqualTo(EndReason.EXPIRED);
        assertThat(read(sandbox).endedAt()).isEqualTo(sandbox.deadline());
    }

    @Test
    void a_sandbox_gone_before_its_deadline_is_lost_and_ended_now() {
        var sandbox = create();
        installation.clock().advance(Duration.ofMinutes(3));
        first().lose(Objects.requireNonNull(sandbox.ref()));

        assertUse(sandbox, ErrorCode.SANDBOX_ENDED, "lost at 2026-11-24T12:03:00Z");

        assertThat(read(sandbox).reason()).isEqualTo(EndReason.LOST);
        assertThat(read(sandbox).endedAt()).isEqualTo(installation.clock().instant());
    }

    @Test
    void a_sandbox_that_disappears_during_the_work_is_lost_too() {
        var sandbox = create();
        assertFails(
                ErrorCode.SANDBOX_ENDED,
                () -> sandboxes().use(sandbox, session -> {
                    first().lose(Objects.requireNonNull(sandbox.ref()));
                    return session.processes();
                }));
        assertThat(read(sandbox).reason()).isEqualTo(EndReason.LOST);
    }

    @Test
    void a_sandbox_that_was_destroyed_meanwhile_keeps_that_reason() {
        var sandbox = create();
        sandboxes().destroy(sandbox);
        assertUse(sandbox, ErrorCode.SANDBOX_ENDED, "killed");
    }

    @Test
    void a_sandbox_that_is_being_destroyed_gets_its_reason_from_that_call() {
        var sandbox = create();
        first().watch(point -> {
            if (point.equals("DESTROY after")) {
                assertUse(sandbox, ErrorCode.SANDBOX_ENDED, "killed");
            }
        });

        assertThat(sandboxes().destroy(sandbox).reason()).isEqualTo(EndReason.KILLED);
    }

    @Test
    void a_backends_failure_does_not_end_the_sandbox() {
        var sandbox = create();
        first().plan(Call.CONNECT, Fault.refused(Kind.TRANSIENT));

        assertUse(sandbox, ErrorCode.BACKEND_FAILED, sandbox.id().value());
        assertThat(read(sandbox)).isEqualTo(sandbox);
    }

    @Test
    void if_the_disk_of_a_gone_sandbox_cannot_be_freed_the_call_fails_and_nothing_changes() {
        var sandbox = create();
        first().lose(Objects.requireNonNull(sandbox.ref()));
        first().plan(Call.DESTROY, Fault.refused(Kind.TRANSIENT));

        assertUse(sandbox, ErrorCode.BACKEND_FAILED, "fake TRANSIENT");
        assertThat(read(sandbox)).isEqualTo(sandbox);
    }

    @Test
    void a_sandbox_that_its_backend_reports_gone_runs_nowhere_afterwards() {
        var sandbox = create();
        assertFails(
                ErrorCode.SANDBOX_ENDED,
                () -> sandboxes().use(sandbox, session -> {
                    throw ExtensionException.gone(Objects.requireNonNull(sandbox.ref()));
                }));
        assertThat(read(sandbox).reason()).isEqualTo(EndReason.LOST);
        assertThat(installation.running()).isEmpty();
    }

    private void assertUse(Sandbox sandbox, ErrorCode code, String text) {
        assertFails(code, () -> sandboxes().use(sandbox, session -> "never")).hasMessageContaining(text);
    }
}
