package dev.sandboxer.extension.tck;

import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.SandboxFiles;
import org.jspecify.annotations.Nullable;

/** A contract whose tests share one sandbox, created on first use. */
public abstract class SandboxContract extends ExtensionContract {
    /** Called by the subclass that tests an extension. */
    protected SandboxContract() {}

    private @Nullable Box shared;

    /** {@return the shared sandbox} */
    protected final synchronized Box box() {
        var it = shared;
        if (it == null) {
            it = create();
            shared = it;
        }
        return it;
    }

    /** {@return the processes of {@link #box}} */
    protected final Processes processes() {
        return box().session().processes();
    }

    /** {@return the file system of {@link #box}} */
    protected final SandboxFiles files() {
        return box().files();
    }

    @Override
    protected final synchronized void closeBoxes() {
        var it = shared;
        if (it != null) {
            it.close();
        }
    }
}
