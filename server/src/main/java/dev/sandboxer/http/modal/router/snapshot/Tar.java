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
     * Writes all that is in a directory.
     *
     * @throws StatusRuntimeException {@code INVALID_ARGUMENT} when it is none; {@code FAILED_PRECONDITION}
     */
    public static void pack(Session session, String path, OutputStream out) throws IOException, InterruptedException {
        if (session.files().stat(path, "root").targetType() != FileType.DIRECTORY) {
            throw Status.INVALID_ARGUMENT
                    .withDescription(path + " is not a directory")
                    .asRuntimeException();
        }
        var result = Tool.run(session, List.of("tar", "-C", path, "-cf", "-", "."), null, out);
        var changedMeanwhile = result.errors().contains("as we read it");
        if (result.status() != 0 && !changedMeanwhile) {
            throw Status.FAILED_PRECONDITION
                    .withDescription("directory " + path + " can't be kept: " + result.errors())
                    .asRuntimeException();
        }
    }

    /** Puts what was packed into a directory that is there. */
    static void unpack(Session session, String path, Path tar) throws IOException, InterruptedException {
        try (InputStream content = Files.newInputStream(tar)) {
            var result = Tool.run(
                    session, List.of("tar", "-C", path, "-xpf", "-"), content, OutputStream.nullOutputStream());
            if (result.status() != 0) {
                throw Status.FAILED_PRECONDITION
                        .withDescription("the image can't be unpacked at " + path + ": " + result.errors())
                        .asRuntimeException();
            }
        }
    }
}
