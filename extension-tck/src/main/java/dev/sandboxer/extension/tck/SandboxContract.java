package dev.sandboxer.extension.tck;

import dev.sandboxer.extension.Processes;
import dev.sandboxer.extension.SandboxFiles;
import org.jspecify.annotations.Nullable;

/** One sandbox, shared by the tests of a class; made when the first of them wants it. */
public abstract class SandboxContract extends ExtensionContract {
    private @Nullable Box shared;

    final synchronized Box box() {
        var it = shared;
        if (it == null) {
            it = create();
            shared = it;
        }
        return it;
    }

    final Processes processes() {
        return box().session().processes();
    }

    final SandboxFiles files() {
        return box().files();
    }

    @Override
    final synchronized void closeBoxes() {
        var it = shared;
        if (it != null) {
            it.close();
        }
    }
}
