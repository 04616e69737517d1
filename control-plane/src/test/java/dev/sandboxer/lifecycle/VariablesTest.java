package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class VariablesTest extends InstallationTest {
    @Test
    void what_a_sandbox_was_made_with_is_known_to_its_backend() {
        var profile = installation.profile();
        var sandbox = sandboxes()
                .create(CreateSandbox.of("me", profile).env(Map.of("A", "1")).build());

        assertThat(sandboxes().snapshots().variables(sandbox)).containsEntry("A", "1");
        assertThat(sandboxes().snapshots().variables(create())).doesNotContainKey("A");
    }

    @Test
    void nobody_knows_those_of_a_sandbox_that_has_ended() {
        var sandbox = create();
        first().lose(Objects.requireNonNull(sandbox.ref()));

        assertFails(ErrorCode.SANDBOX_ENDED, () -> sandboxes().snapshots().variables(sandbox));
    }
}
