package dev.sandboxer.extension.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.Snapshotting;
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

/** Opens the extension once per class, and checks at the end that nothing of it is left. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
public abstract class ExtensionContract {
    /** For the subclass that tests an extension. */
    protected ExtensionContract() {}

    private final Set<String> skipped = ConcurrentHashMap.newKeySet();
    private @Nullable ExtensionFixture fixture;
    private @Nullable Backend backend;

    /**
     * A new fixture; closed when the class is done.
     *
     * @return what is special about the extension
     */
    protected abstract ExtensionFixture openFixture();

    /**
     * What all tests of this contract need.
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
    final void skipWhatIsNotDeclared() {
        needs().forEach(this::requires);
    }

    @AfterAll
    final void leaveNothing() {
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

    /** Closes sessions that outlive a test. */
    protected void closeBoxes() {}

    /**
     * Skips a test, by name, when the extension doesn't declare a capability.
     *
     * @param capability what the test needs
     */
    protected final void requires(Capability capability) {
        if (!extension().capabilities().contains(capability)) {
            skip(capability + " not declared by " + extension().id());
        }
    }

    /**
     * Skips a test, and says so once.
     *
     * @param why what is missing
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

    /** {@return what is special about the extension} */
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

    /** {@return a usual request with a new tag} */
    protected final CreateRequest request() {
        return Requests.usual(fixture());
    }

    /** {@return a new sandbox, as usual} */
    protected final Box create() {
        return create(request());
    }

    /**
     * A new sandbox. Tests that make many destroy them; what is left is destroyed at the end of the class.
     *
     * @param request what is asked for
     * @return the sandbox, with an open session
     */
    protected final Box create(CreateRequest request) {
        return connect(backend().create(request));
    }

    /**
     * {@return a sandbox with a new session}
     *
     * @param sandbox one that runs
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
