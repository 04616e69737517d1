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
        var profiles = new ConsumerProfiles(() -> catalogue, process.consumers());
        access = new SandboxAccess(
                process.sandboxes(),
                new Templates(
                        profiles, process.sandboxes().snapshots(), process.templates(profiles, installation.clock())));
        sandbox = process.sandboxes().create(installation.request()).id();
    }

    @AfterEach
    void close() {
        process.close();
    }

    @Test
    void a_pause_while_the_row_is_read_cancels_the_call() {
        installation.watchStatements(sql -> access.streams().cutAll(sandbox));

        try (var registered = access.register(sandbox)) {
            assertThat(registered.interrupt().isCancelled()).isTrue();
        }
    }

    @Test
    void an_ended_or_refused_call_is_no_longer_registered() {
        access.register(sandbox).close();
        var unknown = new SandboxId("unknown");
        assertThatThrownBy(() -> access.register(unknown)).isInstanceOf(SandboxGoneException.class);

        assertThat(access.streams().isEmpty()).isTrue();
    }
}
