package dev.sandboxer.extension.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.feature.Snapshotting;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.opentest4j.TestAbortedException;

/** Opens the extension once per class. At the end destroys every sandbox and snapshot and checks that none is left. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
public abstract class ExtensionContract {
    /** Called by the subclass that tests an extension. */
    protected ExtensionContract() {}

    private final Set<String> skipped = ConcurrentHashMap.newKeySet();
    private @Nullable ExtensionFixture fixture;
    private @Nullable Backend backend;

    /**
     * Opens a fixture. The test kit closes it after the last test of the class.
     *
     * @return the fixture of the extension under test
     */
    protected abstract ExtensionFixture openFixture();

    /**
     * Returns the capabilities that every test of this contract needs.
     *
     * @return capabilities; empty = none
     */
    protected Set<Capability> needs() {
        return Set.of();
    }

    @BeforeAll
    final void open() {
        var opened = openFixture();
        fixture = opened;
        backend = opened.extension().open(opened.context(), opened.credential());
    }

    @BeforeEach
    final void skipUndeclared() {
        needs().forEach(this::requires);
    }

    @AfterAll
    final void cleanUp() {
        try (var _ = fixture();
                var open = backend()) {
            closeBoxes();
            open.list().forEach(sandbox -> open.destroy(sandbox.ref()));
            assertThat(open.list()).as("sandboxes left").isEmpty();
            if (open instanceof Snapshotting keeping) {
                keeping.snapshots().forEach(snapshot -> keeping.deleteSnapshot(snapshot.name()));
                assertThat(keeping.snapshots()).as("snapshots left").isEmpty();
            }
        }
    }

    /** Closes the sessions that tests share. Called after the last test of the class. */
    protected void closeBoxes() {}

    /**
     * Skips the test when the extension doesn't declare a capability.
     *
     * @param capability the capability that the test needs
     */
    protected final void requires(Capability capability) {
        if (!extension().capabilities().contains(capability)) {
            skip(capability + " not declared by " + extension().id());
        }
    }

    /**
     * Skips the test. Prints the reason once per class.
     *
     * @param why the reason
     */
    protected final void skip(String why) {
        var message = "skipped: " + contract() + ": " + why;
        if (skipped.add(message)) {
            System.out.println(message);
        }
        throw new TestAbortedException(message);
    }

    private String contract() {
        Class<?> type = getClass();
        while (!type.getPackageName().startsWith(ExtensionContract.class.getPackageName())) {
            type = type.getSuperclass();
        }
        return type.getSimpleName();
    }

    /** {@return the fixture of the extension under test} */
    protected final ExtensionFixture fixture() {
        var it = fixture;
        if (it == null) {
            throw new IllegalStateException("the fixture could not be opened");
        }
        return it;
    }

    /** {@return the extension under test} */
    protected final Extension extension() {
        return fixture().extension();
    }

    /** {@return the backend, open for the whole class} */
    protected final Backend backend() {
        var it = backend;
        if (it == null) {
            throw new IllegalStateException("the backend could not be opened");
        }
        return it;
    }

    /** {@return the kit's default request, with a new tag} */
    protected final CreateRequest request() {
        return Requests.defaultRequest(fixture());
    }

    /** {@return a new sandbox, created with the kit's default request} */
    protected final Box create() {
        return create(request());
    }

    /**
     * Creates a sandbox. It is destroyed after the last test of the class, unless the test destroys it. Tests that create many sandboxes
     * should destroy them.
     *
     * @param request the request
     * @return the sandbox, with an open session
     */
    protected final Box create(CreateRequest request) {
        return connect(backend().create(request));
    }

    /**
     * {@return a running sandbox with a new session}
     *
     * @param sandbox a running sandbox
     */
    protected final Box connect(BackendSandbox sandbox) {
        return new Box(fixture(), sandbox, backend().connect(sandbox.ref()));
    }

    /**
     * Closes the session and destroys the sandbox.
     *
     * @param box the sandbox
     */
    protected final void destroy(Box box) {
        box.close();
        backend().destroy(box.sandbox().ref());
    }
}
