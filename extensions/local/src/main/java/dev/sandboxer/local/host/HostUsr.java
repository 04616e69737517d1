package dev.sandboxer.local.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The host's installed programs, which are visible in every sandbox. */
public final class HostUsr {
    /** Directories below the root; on a host with a merged /usr they are links into /usr. */
    public static final List<String> TOP_LEVEL = List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");

    /** The package managers' records about {@code /usr}. A sandbox that may change {@code /usr} may change these too. */
    static final List<String> PACKAGE_LISTS = List.of("var/lib/dpkg");

    private HostUsr() {}

    /** Returns the host's directories that appear in a sandbox at the same path, as names below the root. */
    static List<String> directories() {
        var found = new ArrayList<>(List.of("usr"));
        for (String name : TOP_LEVEL) {
            if (Files.isDirectory(Path.of("/", name), LinkOption.NOFOLLOW_LINKS)) {
                found.add(name);
            }
        }
        return found;
    }

    /** Returns a text that changes whenever a file changes that a template copies from this host. */
    public static String fingerprint() {
        var parts = new StringBuilder();
        for (String path : List.of(
                "/etc/passwd",
                "/etc/group",
                "/etc/ld.so.cache",
                "/etc/alternatives",
                "/etc/ssl/certs",
                "/lib",
                "/lib64")) {
            try {
                var time = Files.getLastModifiedTime(Path.of(path), LinkOption.NOFOLLOW_LINKS);
                parts.append(time.toMillis());
            } catch (NoSuchFileException e) {
                // an absent file adds no time, so creating the file changes the text
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            parts.append(',');
        }
        return parts.toString();
    }
}
