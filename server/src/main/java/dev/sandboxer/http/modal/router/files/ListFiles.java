package dev.sandboxer.http.modal.router.files;

import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.http.modal.router.exec.CommandStreams;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/** Prints the entries of a directory, as one JSON array sorted by name. */
record ListFiles(String path) implements FileCommand.Operation {
    /** In characters. Clients read nothing before the command has ended, so all of it has to be kept. */
    private static final int MAX_LENGTH = 32 << 20;

    private static final int PIECE = 64 << 10;

    @Override
    public void run(SandboxFiles files, CommandStreams streams) throws InterruptedException {
        var entry = files.stat(path, FileTool.USER);
        if (!Paths.isDirectory(entry)) {
            throw entry.targetType() == FileType.UNKNOWN
                    ? FileFailure.notFound()
                    : new FileFailure(FileFailure.IS_FILE, "expected a directory path");
        }
        print(files, Paths.target(entry, path), streams);
    }

    private void print(SandboxFiles files, String directory, CommandStreams streams) throws InterruptedException {
        var json = new ByteArrayOutputStream();
        var length = new AtomicLong();
        files.list(directory, 1, FileTool.USER, found -> {
            var text = FileEntries.json(found, found.name(), Paths.child(path, found.name()));
            json.write(length.get() == 0 ? '[' : ',');
            json.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            if (length.addAndGet(1 + text.length()) > MAX_LENGTH) {
                throw new FileFailure(FileFailure.IO, "the directory has too many entries to list");
            }
            if (json.size() > PIECE) {
                flush(json, streams);
            }
        });
        json.writeBytes((length.get() == 0 ? "[]" : "]").getBytes(StandardCharsets.UTF_8));
        streams.stdout(json.toByteArray());
    }

    private static void flush(ByteArrayOutputStream json, CommandStreams streams) {
        try {
            streams.stdout(json.toByteArray());
            json.reset();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FileFailure(FileFailure.IO, "the command was interrupted");
        }
    }
}
