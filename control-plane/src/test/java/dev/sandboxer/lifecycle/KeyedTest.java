package dev.sandboxer.lifecycle;

import dev.sandboxer.credentials.Owner;
import dev.sandboxer.credentials.StoredCredential;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import dev.sandboxer.testing.databases.SqliteFile;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test with one process and a cloud in which a consumer has a key. */
abstract class KeyedTest {
    static final String MINE = "key_consumer1";

    @TempDir(factory = MemoryDirectory.class)
    Path home;

    TestInstallation installation;
    FakeExtension keyed;
    ControlPlane process;
    StoredCredential own;

    @BeforeEach
    void start() {
        installation = new TestInstallation(home, database());
        keyed = FakeExtension.keyed("cloud", installation.clock());
        process = installation.start(List.of(keyed));
        own = process.credentials()
                .add(Owner.consumer(TestInstallation.ME), keyed.id(), "own", Map.of("key", MINE), false);
    }

    /** Returns the database of the test. Subclasses use another one. */
    TestDatabase database() {
        return SqliteFile.in(home);
    }

    @AfterEach
    void stop() {
        process.close();
    }

    Sandbox create() {
        return process.sandboxes()
                .create(CreateSandbox.of(TestInstallation.ME, TestInstallation.profile(keyed.id()))
                        .build());
    }
}
