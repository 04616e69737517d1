package dev.sandboxer.http.modal.control;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import io.grpc.Status;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes in a new sandbox what its image promises: the working directory, and a program {@code python}. Idempotent.
 */
record Preparation(Sandboxes sandboxes) {
    private static final String USER = "root";
    private static final List<String> DIRECTORIES = List.of("/usr/local/bin/", "/usr/local/sbin/", "/usr/bin/");

    /**
     * Prepares a sandbox.
     *
     * @param workdir the directory to make; null = none
     * @param python true if the image promises a program {@code python}
     * @throws io.grpc.StatusRuntimeException {@code FAILED_PRECONDITION} when the sandbox has no Python; {@code INVALID_ARGUMENT} when the
     *     working directory can't be made
     */
    void prepare(Sandbox sandbox, @Nullable String workdir, boolean python) {
        if (workdir == null && !python) {
            return;
        }
        sandboxes.<Boolean, RuntimeException>use(sandbox, session -> {
            if (workdir != null) {
                makeDirectory(session.files(), workdir);
            }
            if (python) {
                linkPython(session.files(), sandbox);
            }
            return true;
        });
    }

    private static void makeDirectory(SandboxFiles files, String path) {
        try {
            files.makeDirectory(path, USER);
        } catch (OperationException e) {
            if (e.reason() == Reason.NOT_A_DIRECTORY
                    || e.reason() == Reason.ALREADY_EXISTS && !isDirectory(files, path)) {
                throw ModalErrors.invalid("workdir " + ModalErrors.shown(path) + " is not a directory");
            }
            if (e.reason() != Reason.ALREADY_EXISTS) {
                throw e;
            }
        }
    }

    /** Returns true for a directory, and for a link to one. */
    private static boolean isDirectory(SandboxFiles files, String path) {
        return exists(files, path + "/.");
    }

    private static void linkPython(SandboxFiles files, Sandbox sandbox) {
        if (find(files, "python").isPresent()) {
            return;
        }
        var python3 = find(files, "python3")
                .orElseThrow(() -> Status.FAILED_PRECONDITION
                        .withDescription("profile " + sandbox.profile()
                                + " runs a Python image, but its sandboxes have no python3")
                        .asRuntimeException());
        files.makeSymlink(python3, DIRECTORIES.getFirst() + "python", USER);
    }

    private static Optional<String> find(SandboxFiles files, String program) {
        return DIRECTORIES.stream()
                .map(directory -> directory + program)
                .filter(path -> exists(files, path))
                .findFirst();
    }

    private static boolean exists(SandboxFiles files, String path) {
        try {
            var _ = files.stat(path, USER);
            return true;
        } catch (OperationException e) {
            if (e.reason() == Reason.NOT_FOUND || e.reason() == Reason.NOT_A_DIRECTORY) {
                return false;
            }
            throw e;
        }
    }
}
