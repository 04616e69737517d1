package dev.sandboxer.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Facts about this host and process. */
final class Host {
    private static final boolean ROOT = uid() == 0;

    private Host() {}

    static boolean isRoot() {
        return ROOT;
    }

    private static int uid() {
        try {
            // the link is root's, the directory it leads to is ours
            return (Integer) Files.getAttribute(Path.of("/proc/self/"), "unix:uid");
        } catch (IOException e) {
            throw new IllegalStateException("/proc is not mounted: sandboxes need it", e);
        }
    }

    /** The first executable of that name in PATH, or in the places where an administrator's PATH has it. */
    static Optional<Path> program(String name) {
        var path = Optional.ofNullable(System.getenv("PATH")).orElse("") + ":/usr/sbin:/sbin:/usr/bin:/bin";
        for (String directory : path.split(File.pathSeparator, -1)) {
            var candidate = Path.of(directory.isEmpty() ? "." : directory, name).toAbsolutePath();
            if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /**
     * When a process began, in clock ticks since boot; with the pid it names a process for ever.
     *
     * @return null when there is no such process, or a dead one that nobody has waited for
     */
    static @Nullable Long startOf(long pid) {
        try {
            var stat =
                    Files.readString(Path.of("/proc/" + pid + "/stat"), java.nio.charset.StandardCharsets.ISO_8859_1);
            // the second field is a name in parentheses, which may hold anything
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            var state = fields[0];
            return state.equals("Z") || state.equals("X") ? null : Long.valueOf(fields[19]);
        } catch (IOException | IndexOutOfBoundsException e) {
            return null;
        }
    }
}
