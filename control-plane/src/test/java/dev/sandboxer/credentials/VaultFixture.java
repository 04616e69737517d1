package dev.sandboxer.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Base of the vault's contracts: an installation with one extension that needs a key, on an empty database. */
abstract class VaultFixture {
    static final Owner ME = Owner.consumer(TestInstallation.ME);
    static final String KEY = "key_0123456789abcdef";

    @TempDir(factory = MemoryDirectory.class)
    Path home;

    TestInstallation installation;
    FakeExtension cloud;
    ControlPlane process;

    /** Returns an empty database for one test. */
    abstract TestDatabase database(Path home);

    @BeforeEach
    void start() {
        installation = new TestInstallation(home, database(home));
        cloud = FakeExtension.keyed("cloud", installation.clock());
        process = installation.start(List.of(cloud));
    }

    @AfterEach
    void stop() {
        process.close();
    }

    StoredCredential add(String name, String key) {
        return process.credentials().add(ME, cloud.id(), name, Map.of("key", key), false);
    }

    static void assertFails(ErrorCode code, String text, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(text);
    }
}
