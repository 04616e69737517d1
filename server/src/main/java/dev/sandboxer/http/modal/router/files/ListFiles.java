package dev.sandboxer.http.modal.router.files;

import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.http.modal.router.exec.CommandStreams;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Prints the entries of a directory, as one JSON array sorted by name. */
record ListFiles(String path) implements FileCommand.Operation {
    /** In bytes. Clients read nothing before the command has ended, so all of it has to be kept. */
    private static final int LONGEST = 32 << 20;

    @Override
    public void run(SandboxFiles files, CommandStreams streams) throws InterruptedException {
        var entry = files.stat(path, FileTool.USER);
        if (!Paths.isDirectory(entry)) {
            throw entry.targetType() == FileType.UNKNOWN
                    ? FileFailure.notFound()
                    : new FileFailure(FileFailure.IS_FILE, "expected a directory path");
        }
        var json = new ByteArrayOutputStream();
        files.list(Paths.followed(entry, path), 1, FileTool.USER, found -> {
            var text = FileEntries.json(found, found.name(), Paths.in(path, found.name()));
            json.write(json.size() == 0 ? '[' : ',');
            json.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            if (json.size() > LONGEST) {
                throw new FileFailure(FileFailure.IO, "the directory has too many entries to be listed");
            }
        });
        if (json.size() == 0) {
            json.write('[');
        }
        json.write(']');
        streams.stdout(json.toByteArray());
    }
}
