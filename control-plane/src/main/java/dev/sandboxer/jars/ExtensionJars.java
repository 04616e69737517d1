package dev.sandboxer.jars;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The extension jars of a directory. Each is loaded on its own, so a broken jar is refused without affecting the others. A jar
 * runs with all rights of this process: the checks find mistakes, and files that another user could have written.
 *
 * @param extensions the extensions of the accepted jars
 * @param refused the refused jars
 */
public record ExtensionJars(Collection<Extension> extensions, List<RefusedJar> refused) {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /**
     * Loads the jars in the order of their names. A missing directory has no jars.
     *
     * @param builtIn ids that no jar may have
     * @throws SandboxException {@code INVALID_CONFIG} when the directory can't be read
     */
    public static ExtensionJars load(Path directory, Set<ExtensionId> builtIn) {
        return load(directory, builtIn, LIMIT);
    }

    /** @param limit how long an extension's constructor and its description may take together */
    public static ExtensionJars load(Path directory, Set<ExtensionId> builtIn, Duration limit) {
        var shared = new SharedClasses(ExtensionJars.class.getClassLoader());
        var loaded = new LinkedHashMap<Path, List<Extension>>();
        var refused = new TreeMap<Path, String>();
        for (Path jar : jars(directory)) {
            try {
                loaded.put(jar, new ExtensionJar(directory, jar, shared, limit).load());
            } catch (RefusedException e) {
                refused.put(jar, e.getMessage());
            }
        }
        refuseTakenIds(loaded, builtIn, refused);
        var extensions = new ArrayList<Extension>();
        loaded.forEach((jar, found) -> {
            if (!refused.containsKey(jar)) {
                extensions.addAll(found);
            }
        });
        return new ExtensionJars(
                extensions,
                refused.entrySet().stream()
                        .map(entry -> new RefusedJar(entry.getKey(), entry.getValue()))
                        .toList());
    }

    private static Iterable<Path> jars(Path directory) {
        var found = new TreeSet<Path>();
        if (Files.isDirectory(directory)) {
            try (var jars = Files.newDirectoryStream(directory, "*.jar")) {
                jars.forEach(found::add);
            } catch (IOException e) {
                throw new SandboxException(
                        ErrorCode.INVALID_CONFIG, "can't read " + directory + ": " + e.getMessage(), e);
            }
        }
        return found;
    }

    /** Refuses both of two jars with the same id, because nobody can tell for which of them a credential was meant. */
    private static void refuseTakenIds(
            Map<Path, List<Extension>> loaded, Set<ExtensionId> builtIn, Map<Path, String> refused) {
        var first = new TreeMap<ExtensionId, Path>();
        loaded.forEach((jar, extensions) -> {
            for (Extension extension : extensions) {
                var id = extension.id();
                if (builtIn.contains(id)) {
                    refused.put(jar, id + " is an extension that comes with sandboxer; give yours another id");
                    continue;
                }
                var other = first.putIfAbsent(id, jar);
                if (other != null) {
                    refused.put(jar, id + " is in " + other.getFileName() + " too; remove one of them");
                    refused.put(other, id + " is in " + jar.getFileName() + " too; remove one of them");
                }
            }
        });
    }
}
