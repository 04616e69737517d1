package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.Attempt.Outcome;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.TestInstallation;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FallbackTest extends InstallationTest {
    @ParameterizedTest
    @EnumSource
    void a_definite_refusal_of_any_kind_moves_on_to_the_next_extension(Kind kind) {
        first().plan(Call.CREATE, Fault.refused(kind));

        var sandbox = create();

        assertThat(sandbox.extension()).hasToString("ext.second");
        assertThat(sandbox.state()).isEqualTo(SandboxState.RUNNING);
        assertThat(sandboxes().attempts(sandbox))
                .extracting(Attempt::outcome)
                .containsExactly(Outcome.REFUSED, Outcome.CREATED);
        assertThat(sandboxes().attempts(sandbox).getFirst().message()).isEqualTo("fake " + kind);
        assertThat(second().created())
                .singleElement()
                .satisfies(tag -> assertThat(tag.attempt()).isEqualTo(2));
    }

    @Test
    void when_all_refuse_the_error_gives_every_reason_and_the_sandbox_has_failed() {
        first().plan(Call.CREATE, new Fault.Refused(Kind.QUOTA, "20 sandboxes are the limit"));
        second().plan(Call.CREATE, new Fault.Refused(Kind.CAPACITY, "no room"));

        assertFails(ErrorCode.NO_CANDIDATE, this::create)
                .hasMessageContaining("profile.test")
                .hasMessageContaining("ext.first: 20 sandboxes are the limit")
                .hasMessageContaining("ext.second: no room")
                .hasMessageContaining("sandboxer doctor");

        assertThat(only().state()).isEqualTo(SandboxState.FAILED);
        assertThat(only().reason()).isEqualTo(EndReason.FAILED);
        assertThat(only().endedAt()).isEqualTo(installation.clock().instant());
        assertThat(sandboxes().attempts(only()))
                .extracting(Attempt::outcome)
                .containsExactly(Outcome.REFUSED, Outcome.REFUSED);
    }

    @Test
    void a_skipped_extension_is_not_called_and_its_reason_is_given_too() {
        var incapable = ((FakeExtension) installation.extensions().getFirst()).with(EnumSet.of(Capability.SIZE));
        second().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        try (var other =
                installation.start(List.of(incapable, installation.extensions().getLast()))) {
            assertFails(ErrorCode.NO_CANDIDATE, () -> other.sandboxes().create(installation.request()))
                    .hasMessageContaining("ext.first: capability_missing")
                    .hasMessageContaining("ext.second: fake CAPACITY");
        }
        assertThat(first().created()).isEmpty();
    }

    @Test
    void an_extension_that_cannot_give_the_requested_size_is_skipped() {
        var unsized = ((FakeExtension) installation.extensions().getFirst())
                .with(EnumSet.of(Capability.NETWORK_DENY, Capability.EXTEND));
        try (var other =
                installation.start(List.of(unsized, installation.extensions().getLast()))) {
            var usual = CreateSandbox.of(TestInstallation.ME, installation.profile());
            assertThat(other.sandboxes().create(usual.build()).extension()).hasToString("ext.first");

            var larger = other.sandboxes()
                    .create(usual.size(new SandboxSize(4000, 4096, 4096)).build());
            assertThat(larger.extension()).hasToString("ext.second");
            assertThat(larger.origin().route())
                    .contains("ext.first skipped: capability_missing, its sandboxes have the size of their template");
        }
    }

    @Test
    void when_no_extension_is_eligible_no_row_is_written() {
        try (var other = installation.start(List.of())) {
            assertFails(ErrorCode.NO_CANDIDATE, () -> other.sandboxes().create(installation.request()))
                    .hasMessageContaining("not installed")
                    .hasMessageNotContaining("doctor");
        }
        assertThat(all()).isEmpty();
    }
}
