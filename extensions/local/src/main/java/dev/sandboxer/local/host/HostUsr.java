package dev.sandboxer.local.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/** The host's programs, which sandboxes see read-only. */
public final class HostUsr {
    /** Links into /usr on a merged host, directories on others. */
    public static final List<String> TOP_LEVEL = List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");

    private HostUsr() {}

    /** The host directories to bind read-only, at the same place inside. */
    static List<String> readOnlyBinds() {
        var binds = new java.util.ArrayList<String>(List.of("/usr"));
        for (String name : TOP_LEVEL) {
            var path = Path.of("/", name);
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                binds.add(path.toString());
            }
        }
        return binds;
    }

    /** Changes when what a template copies from this host changes. */
    public static String fingerprint() {
        var parts = new StringBuilder();
        for (String path : List.of("/etc/ld.so.cache", "/etc/alternatives", "/etc/ssl/certs", "/lib", "/lib64")) {
            try {
                var time = Files.getLastModifiedTime(Path.of(path), LinkOption.NOFOLLOW_LINKS);
                parts.append(time.toMillis());
            } catch (java.nio.file.NoSuchFileException e) {
                // its absence is a fact like any other
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            parts.append(',');
        }
        return parts.toString();
    }
}
