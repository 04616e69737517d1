package dev.sandboxer.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.OperationException;
import dev.sandboxer.extension.Session;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A session in a scripted sandbox, which runs unless the test says otherwise. */
abstract class ScriptedSandbox {
    final ScriptedCloud cloud = new ScriptedCloud();

    @TempDir
    Path directory;

    private @Nullable Backend backend;

    Session session() {
        return session(ScriptedCloud.QUICK);
    }

    Session session(Patience patience) {
        cloud.withSandbox();
        backend = cloud.open(directory, patience);
        return backend.connect(new BackendRef(ScriptedCloud.SANDBOX));
    }

    /** From now on it is not there any more. */
    void end() {
        cloud.instead("GET /sandboxes/" + ScriptedCloud.SANDBOX, ScriptedCloud.error(404, "doesn't exist"));
    }

    static ExtensionException failure(ThrowingCallable call) {
        var failure = catchThrowableOfType(ExtensionException.class, call);
        assertThat(failure).isNotNull();
        return failure;
    }

    static OperationException.Reason refusal(ThrowingCallable call) {
        var refusal = catchThrowableOfType(OperationException.class, call);
        assertThat(refusal).isNotNull();
        return refusal.reason();
    }

    void closeBackend() {
        if (backend != null) {
            backend.close();
        }
    }

    @AfterEach
    void close() {
        closeBackend();
        cloud.close();
    }
}
