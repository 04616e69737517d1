package dev.sandboxer.local.disk;

import dev.sandboxer.extension.feature.BackendSnapshot;
import dev.sandboxer.local.host.PrivateDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The snapshots of one installation: one disk image each. A file appears only when it is complete. Its modification time is the time of
 * the snapshot.
 *
 * @param directory shared with other installations
 */
public record SnapshotStore(Path directory, String installation) {
    /** The prefix of a snapshot's name when a request names it as its template. */
    private static final String TEMPLATE_PREFIX = "snapshot:";

    private static final Pattern NAME = Pattern.compile("[a-z0-9]{1,40}");
    private static final String SUFFIX = ".img";

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    public Path file(String name) {
        return directory.resolve(installation + "-" + name + SUFFIX);
    }

    public List<BackendSnapshot> list() throws IOException {
        var found = new ArrayList<BackendSnapshot>();
        try (var files = Files.newDirectoryStream(directory, installation + "-*" + SUFFIX)) {
            for (Path file : files) {
                var text = String.valueOf(file.getFileName());
                find(text.substring(installation.length() + 1, text.length() - SUFFIX.length()))
                        .ifPresent(found::add);
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return found;
    }

    Optional<BackendSnapshot> find(String name) throws IOException {
        if (!isName(name)) {
            return Optional.empty();
        }
        try {
            var file = file(name);
            var diskMiB = Math.toIntExact(Files.size(file) >> 20);
            var madeAt = Files.getLastModifiedTime(file).toInstant();
            return Optional.of(new BackendSnapshot(name, TEMPLATE_PREFIX + name, diskMiB, madeAt));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Returns true if a template's name has the form of a snapshot's. The snapshot need not exist. */
    public static boolean isTemplate(String template) {
        return template.startsWith(TEMPLATE_PREFIX);
    }

    /** Returns the snapshot that a request names as its template; empty if it names another template or the snapshot does not exist. */
    public Optional<BackendSnapshot> findTemplate(String template) throws IOException {
        return isTemplate(template) ? find(template.substring(TEMPLATE_PREFIX.length())) : Optional.empty();
    }

    /**
     * Moves a complete disk image into the store. When this returns, the snapshot survives a power failure.
     *
     * @throws java.nio.file.FileAlreadyExistsException when a snapshot with this name exists
     */
    BackendSnapshot add(String name, Path disk, Instant madeAt) throws IOException {
        Files.setLastModifiedTime(disk, FileTime.from(madeAt));
        sync(disk);
        PrivateDirectory.createAll(directory);
        Files.createLink(file(name), disk);
        sync(directory);
        Files.delete(disk);
        return find(name).orElseThrow(() -> new NoSuchFileException(name + " was deleted just after it was added"));
    }

    private static void sync(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    public void delete(String name) throws IOException {
        if (isName(name)) {
            Files.deleteIfExists(file(name));
        }
    }
}
