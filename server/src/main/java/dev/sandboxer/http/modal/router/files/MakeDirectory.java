package dev.sandboxer.http.modal.router.files;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.http.modal.router.exec.CommandStreams;

/**
 * Makes a directory.
 *
 * @param parents true to make its parents too, and to accept a directory that exists; false to fail in both cases
 */
record MakeDirectory(String path, boolean parents) implements FileCommand.Operation {
    @Override
    public void run(SandboxFiles files, CommandStreams streams) {
        if (!parents) {
            requireParent(files);
        }
        try {
            files.makeDirectory(path, FileTool.USER);
        } catch (OperationException e) {
            if (e.reason() != Reason.ALREADY_EXISTS && e.reason() != Reason.NOT_A_DIRECTORY) {
                throw e;
            }
            var found = Paths.find(files, path);
            if (found == null) {
                throw e;
            }
            if (!parents || !Paths.isDirectory(found)) {
                throw new FileFailure(FileFailure.PATH_ALREADY_EXISTS, "path already exists");
            }
        }
    }

    private void requireParent(SandboxFiles files) {
        var parent = Paths.find(files, Paths.parent(path));
        if (parent == null) {
            throw new FileFailure(FileFailure.NOT_FOUND, "parent directory does not exist");
        }
        if (!Paths.isDirectory(parent)) {
            throw FileFailure.notDirectory();
        }
        if (Paths.find(files, path) != null) {
            throw new FileFailure(FileFailure.PATH_ALREADY_EXISTS, "path already exists");
        }
    }
}
