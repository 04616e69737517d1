package dev.sandboxer.observe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process of this host, for ever: pid, start time, boot and the namespace in which it has that pid. Lets a later process
 * see whether the one that began something is still there to finish it.
 *
 * @param text as stored
 */
public record ProcessIdentity(String text) {
    private static final int PARTS = 4;
    private static final String NAMESPACE = namespace();

    private static final ProcessIdentity CURRENT = of(ProcessHandle.current().pid());

    public static ProcessIdentity current() {
        return CURRENT;
    }

    /**
     * Whether that process still runs; one that waits only for its parent to notice its end does not. One in another
     * container, which can't be seen from here, is taken for alive: its sandboxes end by their deadlines.
     */
    public boolean alive() {
        var parts = text.split("\\.");
        if (parts.length != PARTS) {
            return false;
        }
        return parts[PARTS - 1].equals(NAMESPACE)
                ? of(Long.parseLong(parts[0])).equals(this)
                : parts[PARTS - 2].equals(boot());
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
