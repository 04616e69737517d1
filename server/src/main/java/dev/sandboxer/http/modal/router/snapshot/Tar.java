package dev.sandboxer.http.modal.router.snapshot;

import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.Session;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Directories of a sandbox as tar files, made and unpacked by the sandbox's own tar. */
public final class Tar {
    private Tar() {}

    /**
     * Writes the content of a directory as a tar file.
     *
     * @throws StatusRuntimeException {@code INVALID_ARGUMENT} when it is no directory; {@code FAILED_PRECONDITION} when tar fails
     */
    public static void pack(Session session, String path, OutputStream out) throws IOException, InterruptedException {
        if (session.files().stat(path, Program.USER).targetType() != FileType.DIRECTORY) {
            throw Status.INVALID_ARGUMENT
                    .withDescription(path + " is not a directory")
                    .asRuntimeException();
        }
        var result = Program.run(session, List.of("tar", "-C", path, "-cf", "-", "."), null, out);
        var changedMeanwhile = result.errors().contains("as we read it");
        if (result.status() != 0 && !changedMeanwhile) {
            throw Status.FAILED_PRECONDITION
                    .withDescription("can't take a snapshot of directory " + path + ": " + result.errors())
                    .asRuntimeException();
        }
    }

    /** Unpacks a tar file into an existing directory. */
    static void unpack(Session session, String path, Path tar) throws IOException, InterruptedException {
        try (InputStream content = Files.newInputStream(tar)) {
            var result = Program.run(
                    session, List.of("tar", "-C", path, "-xpf", "-"), content, OutputStream.nullOutputStream());
            if (result.status() != 0) {
                throw Status.FAILED_PRECONDITION
                        .withDescription("can't unpack the image at " + path + ": " + result.errors())
                        .asRuntimeException();
            }
        }
    }
}
