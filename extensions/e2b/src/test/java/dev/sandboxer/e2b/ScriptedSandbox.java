package dev.sandboxer.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sandboxer.e2b.http.Timeouts;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.Session;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Base of tests with a session in a scripted sandbox, which runs until {@link #end}. */
public abstract class ScriptedSandbox {
    public final ScriptedCloud cloud = new ScriptedCloud();

    @TempDir
    public Path directory;

    private @Nullable Backend backend;

    public Session session() {
        return session(ScriptedCloud.QUICK);
    }

    public Session session(Timeouts timeouts) {
        cloud.withSandbox();
        backend = cloud.open(directory, timeouts);
        return backend.connect(new BackendRef(ScriptedCloud.SANDBOX));
    }

    /** Makes the sandbox gone from now on. */
    public void end() {
        cloud.instead("GET /sandboxes/" + ScriptedCloud.SANDBOX, ScriptedCloud.error(404, "doesn't exist"));
    }

    public static ExtensionException failure(ThrowingCallable call) {
        var failure = catchThrowableOfType(ExtensionException.class, call);
        assertThat(failure).isNotNull();
        return failure;
    }

    public static OperationException.Reason refusal(ThrowingCallable call) {
        var refusal = catchThrowableOfType(OperationException.class, call);
        assertThat(refusal).isNotNull();
        return refusal.reason();
    }

    public void closeBackend() {
        if (backend != null) {
            backend.close();
        }
    }

    @AfterEach
    public void close() {
        closeBackend();
        cloud.close();
    }
}
