package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.credentials.Owner;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cloud keeps paused sandboxes until somebody with their key removes them: without it nobody may say that they are gone. */
class KeyedPauseTest {
    private static final String MINE = "key_consumer1";

    @TempDir(factory = MemoryDirectory.class)
    Path home;

    private TestInstallation installation;
    private FakeExtension keyed;
    private ControlPlane process;
    private Sandbox paused;

    @BeforeEach
    void start() {
        installation = new TestInstallation(home);
        keyed = FakeExtension.keyed("cloud", installation.clock());
        process = installation.start(List.of(keyed));
        process.credentials().add(Owner.consumer(TestInstallation.ME), keyed.id(), "own", Map.of("key", MINE), false);
        var sandbox = process.sandboxes()
                .create(new CreateSandbox(
                        TestInstallation.ME,
                        TestInstallation.profile(keyed.id()),
                        null,
                        null,
                        Map.of(),
                        Map.of(),
                        null,
                        null));
        paused = process.sandboxes().pause(sandbox);
        keyed.cloud().revoke(MINE);
    }

    @AfterEach
    void stop() {
        process.close();
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
