package dev.sandboxer.local.disk;

import dev.sandboxer.local.host.HostPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Hides the files below the host's {@code /usr} that others may neither read nor execute. Inside, everything there appears to belong to the
 * sandbox's root, which could otherwise read these files.
 *
 * @param layer the directory that an overlay puts over {@code /usr}
 */
record HiddenFiles(Path layer) {
    private static final Path USR = Path.of("/usr");
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Exit status of find if a file disappeared during the search. */
    private static final int INCOMPLETE = 1;

    void hide() throws IOException {
        for (Path secret : find()) {
            makeParents(Objects.requireNonNull(secret.getParent()));
            var place = layer.resolve(USR.relativize(secret));
            hide(place);
        }
    }

    /** Creates a whiteout, by which an overlay hides a file: a character device 0/0. */
    static void hide(Path place) throws IOException {
        run(List.of("mknod", place.toString(), "c", "0", "0"), 0);
    }

    private static List<Path> find() throws IOException {
        var found = run(
                List.of(
                        "find",
                        USR.toString(),
                        "-xdev",
                        "(",
                        "-type",
                        "f",
                        "-o",
                        "-type",
                        "d",
                        ")",
                        "!",
                        "-perm",
                        "-004",
                        "!",
                        "-perm",
                        "-001",
                        "-prune",
                        "-print0"),
                INCOMPLETE);
        var paths = new ArrayList<Path>();
        for (String path : found.split("\0")) {
            if (path.startsWith(USR + "/")) {
                paths.add(Path.of(path));
            }
        }
        return paths;
    }

    /** Creates directories in the layer with the permissions of the host's, because the overlay shows the layer's. */
    private void makeParents(Path directory) throws IOException {
        var place = layer.resolve(USR.relativize(directory).toString());
        if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            makeParents(Objects.requireNonNull(directory.getParent()));
            Files.createDirectory(place);
            Files.setPosixFilePermissions(place, Files.getPosixFilePermissions(directory));
        }
    }

    private static String run(List<String> command, int highestStatus) throws IOException {
        return HostPrograms.run(command, Map.of("LC_ALL", "C"), LIMIT, highestStatus);
    }
}
