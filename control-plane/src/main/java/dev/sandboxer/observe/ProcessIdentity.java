package dev.sandboxer.observe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Identifies a process uniquely over time: pid, start time, boot of its host, and the namespace of the pid. With it, another process can
 * tell whether this process is certainly gone.
 *
 * @param text the stored form
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

    /** Returns the identity of one of several workers in this process, each with its own name. */
    public ProcessIdentity worker(String name) {
        return new ProcessIdentity(text + "." + name);
    }

    /**
     * Returns true if the process is certainly no longer running. A zombie counts as gone. A process in another pid namespace can't
     * be seen from here, so it may still run.
     *
     * @param oneHost true if the process can only have run on this host, so that it is gone after a restart of the host; false if it may
     *     run on another host
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

    /** Returns the identity of a process on this host. If there is no such process, {@link #isGone} is true for the identity. */
    public static ProcessIdentity of(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
            // proc(5): the name, field 2, is in parentheses and may contain anything; state is field 3, start time
            // field 22
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

    /** Returns the number of this process's pid namespace. */
    private static String namespace() {
        try {
            var link = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            return link.substring(link.indexOf('[') + 1, link.length() - 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
