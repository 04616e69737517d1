package dev.sandboxer.http.modal.router.files;

import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.http.modal.router.exec.CommandStreams;
import java.nio.charset.StandardCharsets;

/** Prints the entry at a path, without following a link. */
record Stat(String path) implements FileCommand.Operation {
    @Override
    public void run(SandboxFiles files, CommandStreams streams) throws InterruptedException {
        var entry = files.stat(path, FileTool.USER);
        streams.stdout(FileEntries.json(entry, Paths.name(path), path).getBytes(StandardCharsets.UTF_8));
    }
}
