package dev.sandboxer.http.modal.router.files;

import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.http.modal.router.exec.CommandStreams;

/** Removes a file, a link, an empty directory or, if recursive, a directory with all its content. */
record Remove(String path, boolean recursive) implements FileCommand.Operation {
    @Override
    public void run(SandboxFiles files, CommandStreams streams) {
        var entry = files.stat(path, FileTool.USER);
        if (entry.type() == FileType.DIRECTORY && !recursive) {
            files.list(path, 1, FileTool.USER, found -> {
                throw new FileFailure(FileFailure.DIRECTORY_NOT_EMPTY, "directory is not empty");
            });
        }
        files.remove(path, FileTool.USER);
    }
}
