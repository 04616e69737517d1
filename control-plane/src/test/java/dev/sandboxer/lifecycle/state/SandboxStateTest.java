package dev.sandboxer.lifecycle.state;

import static dev.sandboxer.lifecycle.state.SandboxState.FAILED;
import static dev.sandboxer.lifecycle.state.SandboxState.PAUSED;
import static dev.sandboxer.lifecycle.state.SandboxState.PROVISIONING;
import static dev.sandboxer.lifecycle.state.SandboxState.RUNNING;
import static dev.sandboxer.lifecycle.state.SandboxState.STOPPED;
import static dev.sandboxer.lifecycle.state.SandboxState.STOPPING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.lifecycle.terms.Terms;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.profiles.ProfileName;
import dev.sandboxer.testing.TestInstallation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SandboxStateTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    private record Transition(SandboxState from, SandboxState to) {}

    private static final List<Transition> LEGAL = List.of(
            new Transition(PROVISIONING, RUNNING),
            new Transition(PROVISIONING, STOPPING),
            new Transition(PROVISIONING, FAILED),
            new Transition(RUNNING, PAUSED),
            new Transition(RUNNING, STOPPING),
            new Transition(RUNNING, STOPPED),
            new Transition(PAUSED, RUNNING),
            new Transition(PAUSED, STOPPING),
            new Transition(PAUSED, STOPPED),
            new Transition(STOPPING, STOPPED),
            new Transition(STOPPING, FAILED));

    static List<Transition> legal() {
        return LEGAL;
    }

    static List<Transition> illegal() {
        var all = new ArrayList<Transition>();
        for (SandboxState from : SandboxState.values()) {
            for (SandboxState to : SandboxState.values()) {
                all.add(new Transition(from, to));
            }
        }
        all.removeAll(LEGAL);
        return all;
    }

    @ParameterizedTest
    @MethodSource
    void legal(Transition transition) {
        assertThat(transition.from.to(transition.to)).isEqualTo(transition.to);
    }

    @ParameterizedTest
    @MethodSource
    void illegal(Transition transition) {
        assertThatThrownBy(() -> transition.from.to(transition.to))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("from " + transition.from + " to " + transition.to);
    }

    @Test
    void only_stopped_and_failed_are_final() {
        assertThat(SandboxState.values()).filteredOn(SandboxState::ended).containsExactly(STOPPED, FAILED);
    }

    @Test
    void a_sandbox_that_never_ran_ends_as_failed_and_one_that_ran_as_stopped() {
        assertThat(in(STOPPING, null).ended(Ending.of(EndReason.KILLED), NOON).state())
                .isEqualTo(FAILED);
        assertThat(in(STOPPING, NOON).ended(Ending.of(EndReason.KILLED), NOON).state())
                .isEqualTo(STOPPED);
    }

    private static Sandbox in(SandboxState state, @Nullable Instant startedAt) {
        return new Sandbox(
                SandboxId.random(),
                1,
                new Origin(TestInstallation.ME, new ProfileName("profile.test"), null, Map.of(), null, null, null),
                Terms.DEFAULT,
                TestInstallation.SIZE,
                Placement.planned(new ExtensionId("ext.test"), null, null, null),
                new Times(NOON, startedAt, NOON.plus(TestInstallation.TTL), null, null, null, null),
                new Status(state, null, null, null, ProcessIdentity.current(), null));
    }
}
