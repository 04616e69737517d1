package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.FakeCloud;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test with one process of a fresh installation. */
abstract class InstallationTest {
    @TempDir(factory = MemoryDirectory.class)
    Path home;

    TestInstallation installation;
    ControlPlane process;

    @BeforeEach
    void start() {
        installation = new TestInstallation(home, database());
        process = installation.start();
    }

    /** Returns the database of the test. Subclasses use another one. */
    TestDatabase database() {
        return SqliteFile.in(home);
    }

    @AfterEach
    void stop() {
        process.close();
    }

    Sandboxes sandboxes() {
        return process.sandboxes();
    }

    FakeCloud first() {
        return installation.first();
    }

    FakeCloud second() {
        return installation.second();
    }

    Sandbox create() {
        return sandboxes().create(installation.request());
    }

    /** Reads the current state of a sandbox from its row. */
    Sandbox read(Sandbox sandbox) {
        return sandboxes().get(TestInstallation.ME, sandbox.id().value());
    }

    List<Sandbox> all() {
        return sandboxes().list(TestInstallation.ME, true);
    }

    /** Returns the only sandbox. */
    Sandbox only() {
        Assertions.assertThat(all()).hasSize(1);
        return all().getFirst();
    }

    static AbstractThrowableAssert<?, ? extends Throwable> assertFails(ErrorCode code, ThrowingCallable call) {
        return Assertions.assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SandboxException.class,
                        e -> Assertions.assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
