package dev.sandboxer.http.e2b.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.profiles.ProfileCatalogue;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.TestInstallation;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxAccessTest {
    @TempDir
    private Path home;

    private TestInstallation installation;
    private ControlPlane process;
    private SandboxAccess access;
    private SandboxId sandbox;

    @BeforeEach
    void create() {
        installation = new TestInstallation(home);
        process = installation.start();
        var profile = installation.profile();
        var catalogue = new ProfileCatalogue(profile.name(), List.of(profile));
        access = new SandboxAccess(
                process.sandboxes(),
                new Templates(
                        new ConsumerProfiles(() -> catalogue, process.consumers()),
                        process.sandboxes().snapshots()));
        sandbox = process.sandboxes().create(installation.request()).id();
    }

    @AfterEach
    void close() {
        process.close();
    }

    @Test
    void a_pause_that_cuts_while_the_row_is_being_read_cuts_the_call() {
        installation.watchStatements(sql -> access.streams().cutAll(sandbox));

        try (var look = access.look(sandbox)) {
            assertThat(look.interrupt().wasAsked()).isTrue();
        }
    }

    @Test
    void a_call_that_is_over_or_never_began_is_registered_no_more() {
        access.look(sandbox).close();
        var unknown = new SandboxId("unknown");
        assertThatThrownBy(() -> access.look(unknown)).isInstanceOf(SandboxGoneException.class);

        assertThat(access.streams().isEmpty()).isTrue();
    }
}
