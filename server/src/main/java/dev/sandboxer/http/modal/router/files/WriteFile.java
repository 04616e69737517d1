package dev.sandboxer.http.modal.router.files;

import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.WriteOptions;
import dev.sandboxer.http.modal.router.exec.CommandStreams;
import java.io.IOException;

/** Writes standard input to a file, and makes the file's parents. */
record WriteFile(String path) implements FileCommand.Operation {
    private static final WriteOptions OPTIONS = new WriteOptions(FileTool.USER, null, null);

    @Override
    public void run(SandboxFiles files, CommandStreams streams) throws IOException {
        var parent = Paths.find(files, Paths.parent(path));
        if (parent != null && !Paths.isDirectory(parent)) {
            throw new FileFailure(FileFailure.ALREADY_EXISTS, "a component of the path is not a directory");
        }
        if (Paths.isDirectory(Paths.find(files, path))) {
            throw new FileFailure(FileFailure.IS_DIRECTORY, "expected a file path");
        }
        streams.started();
        files.write(path, OPTIONS, new StdinInput(streams.stdin()));
    }
}
