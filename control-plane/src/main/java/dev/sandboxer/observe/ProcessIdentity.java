package dev.sandboxer.observe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A process of this host, for ever: pid, start time and boot. Lets a later process see whether the one that began something
 * is still there to finish it.
 *
 * @param text as stored
 */
public record ProcessIdentity(String text) {
    private static final ProcessIdentity CURRENT = of(ProcessHandle.current().pid());

    public static ProcessIdentity current() {
        return CURRENT;
    }

    /** Whether that process still runs; one that waits only for its parent to notice its end does not. */
    public boolean alive() {
        var end = text.indexOf('.');
        return end > 0 && of(Long.parseLong(text, 0, end, 10)).equals(this);
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
            var boot =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).substring(0, 8);
            return new ProcessIdentity(pid + "." + start + "." + boot);
        } catch (IOException e) {
            return new ProcessIdentity(pid + ".gone");
        }
    }
}
