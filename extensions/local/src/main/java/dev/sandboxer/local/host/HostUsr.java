package dev.sandboxer.local.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The host's installed programs, which every sandbox sees read-only. */
public final class HostUsr {
    /** Links into /usr on a host with a merged /usr, directories on others. */
    public static final List<String> TOP_LEVEL = List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");

    private HostUsr() {}

    /** The host's directories that a sandbox gets read-only, at the same paths. */
    static List<String> readOnlyBinds() {
        var binds = new ArrayList<>(List.of("/usr"));
        for (String name : TOP_LEVEL) {
            var path = Path.of("/", name);
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                binds.add(path.toString());
            }
        }
        return binds;
    }

    /** A text that changes when the parts of this host change that a template copies. */
    public static String fingerprint() {
        var parts = new StringBuilder();
        for (String path : List.of("/etc/ld.so.cache", "/etc/alternatives", "/etc/ssl/certs", "/lib", "/lib64")) {
            try {
                var time = Files.getLastModifiedTime(Path.of(path), LinkOption.NOFOLLOW_LINKS);
                parts.append(time.toMillis());
            } catch (NoSuchFileException e) {
                // an absent file adds nothing, so the text changes once it is there
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            parts.append(',');
        }
        return parts.toString();
    }
}
