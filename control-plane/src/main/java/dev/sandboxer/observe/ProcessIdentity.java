package dev.sandboxer.observe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A process, for ever: pid, start time, boot of its host and the namespace in which it has that pid. Lets another process see
 * whether the one that began something is certainly gone.
 *
 * @param text as stored
 */
public record ProcessIdentity(String text) {
    private static final int PARTS = 4;
    private static final int BOOT = 2;
    private static final int PID_NAMESPACE = 3;
    private static final String NAMESPACE = namespace();

    private static final ProcessIdentity CURRENT = of(ProcessHandle.current().pid());

    public static ProcessIdentity current() {
        return CURRENT;
    }

    /** One of several workers in that process, which has a name of its own among them. */
    public ProcessIdentity worker(String name) {
        return new ProcessIdentity(text + "." + name);
    }

    /**
     * Returns true if that process certainly runs no more; one that waits only for its parent to notice its end doesn't run. One
     * in another container can't be seen from here, and may run.
     *
     * @param oneHost whether it can have run on this host only, so that it ended with an earlier boot; otherwise it may run
     *     elsewhere
     */
    public boolean isGone(boolean oneHost) {
        var parts = text.split("\\.");
        if (parts.length < PARTS) {
            return true;
        }
        if (!parts[BOOT].equals(boot())) {
            return oneHost;
        }
        return parts[PID_NAMESPACE].equals(NAMESPACE)
                && !of(Long.parseLong(parts[0]))
                        .text
                        .equals(String.join(".", List.of(parts).subList(0, PARTS)));
    }

    /** That process; one that is not alive when there is none. */
    public static ProcessIdentity of(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            // the name, second, stands in parentheses and may hold anything; then state, third, and the start, field 22
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            if (fields[0].equals("Z") || fields[0].equals("X")) {
                return new ProcessIdentity(pid + ".gone");
            }
            var start = fields[19];
            return new ProcessIdentity(pid + "." + start + "." + boot() + "." + NAMESPACE);
        } catch (IOException e) {
            return new ProcessIdentity(pid + ".gone");
        }
    }

    private static String boot() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).substring(0, 8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its number. */
    private static String namespace() {
        try {
            var link = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            return link.substring(link.indexOf('[') + 1, link.length() - 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
