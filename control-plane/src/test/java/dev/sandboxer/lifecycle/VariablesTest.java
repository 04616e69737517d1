package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.error.ErrorCode;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class VariablesTest extends InstallationTest {
    @Test
    void a_sandbox_has_the_variables_it_was_created_with() {
        var profile = installation.profile();
        var sandbox = sandboxes()
                .create(CreateSandbox.of("me", profile).env(Map.of("A", "1")).build());

        assertThat(sandboxes().snapshots().variables(sandbox)).containsEntry("A", "1");
        assertThat(sandboxes().snapshots().variables(create())).doesNotContainKey("A");
    }

    @Test
    void an_ended_sandbox_has_no_variables() {
        var sandbox = create();
        first().lose(Objects.requireNonNull(sandbox.ref()));

        assertFails(ErrorCode.SANDBOX_ENDED, () -> sandboxes().snapshots().variables(sandbox));
    }
}
