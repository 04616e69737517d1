package dev.sandboxer.cli.sandboxes.copy;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of a directory in a sandbox that have several names. The list comes from the sandbox. If it is wrong, only files of that
 * sandbox are mixed up. Not thread-safe.
 */
final class HardLinks {
    private static final String SCRIPT =
            "find -H \"$1\" -type f -links +1 -exec stat -c '%d:%i %n' {} + 2>/dev/null; exit 0";

    private final Map<String, String> files = new HashMap<>();
    private final Map<String, Path> copied = new HashMap<>();

    /**
     * Asks a sandbox for the files with several names.
     *
     * @param directory absolute path; all directories below it are searched
     */
    static HardLinks below(String directory, SandboxShell shell, ListingLimit limit) {
        var found = new HardLinks();
        for (String line : shell.run(SCRIPT, InputStream.nullInputStream(), directory)
                .orElse("")
                .lines()
                .toList()) {
            var blank = line.indexOf(' ');
            if (blank > 0) {
                found.files.put(limit.counted(line.substring(blank + 1)), line.substring(0, blank));
            }
        }
        return found;
    }

    /** Returns the local copy of the file, made under another of its names; null when there is none. */
    @Nullable Path copy(String path) {
        var file = files.get(path);
        return file == null ? null : copied.get(file);
    }

    /** Remembers that a file was copied. */
    void copied(String path, Path target) {
        var file = files.get(path);
        if (file != null) {
            copied.putIfAbsent(file, target);
        }
    }
}
