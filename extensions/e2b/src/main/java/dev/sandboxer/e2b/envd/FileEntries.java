package dev.sandboxer.e2b.envd;

import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.support.Shell;
import dev.sandboxer.protocol.e2b.FilesystemProto.EntryInfo;
import dev.sandboxer.protocol.e2b.Timestamps;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Converts {@code EntryInfo} (e2b-dev/E2B, {@code spec/envd/filesystem/filesystem.proto}) to entries, and adds what it
 * lacks: numeric owners and the texts of links. Only {@code permissions} tells a link from a file. It is Go's form of a
 * mode ({@code io/fs}, {@code FileMode.String}): letters for the type and special bits, then nine for the permissions.
 */
final class FileEntries {
    private static final int BITS = 9;
    private static final int LINKS_AT_ONCE = 200;
    private static final int CHARACTERS_AT_ONCE = 60_000;

    private final UserTable users;
    private final Shell root;

    FileEntries(UserTable users, Shell root) {
        this.users = users;
        this.root = root;
    }

    /** Converts one entry. */
    FileEntry of(EntryInfo entry) throws IOException {
        return all(List.of(entry)).getFirst();
    }

    /** Converts many entries, and reads the texts of all links together. */
    List<FileEntry> all(List<EntryInfo> entries) throws IOException {
        var found = new ArrayList<FileEntry>();
        var links = new ArrayList<String>();
        for (EntryInfo one : entries) {
            var entry = entry(one);
            found.add(entry);
            if (entry.type() == FileType.SYMLINK) {
                links.add(entry.path());
            }
        }
        if (!links.isEmpty()) {
            var texts = texts(links);
            found.replaceAll(entry -> entry.type() == FileType.SYMLINK ? withText(entry, texts) : entry);
        }
        return found;
    }

    private FileEntry entry(EntryInfo info) throws IOException {
        var permissions = info.getPermissions();
        var target = info.getSymlinkTarget();
        var special = permissions.length() <= BITS ? "" : permissions.substring(0, permissions.length() - BITS);
        var isLink = special.indexOf('L') >= 0 || !target.isEmpty();
        var targetType = targetType(info, special, isLink);
        try {
            return FileEntry.builder(info.getPath(), isLink ? FileType.SYMLINK : targetType)
                    .name(info.getName())
                    .targetType(targetType)
                    .mode(info.getMode() & 0777 | specialBits(special))
                    .size(info.getSize())
                    .owner(users.uid(info.getOwner()), info.getOwner())
                    .group(users.gid(info.getGroup()), info.getGroup())
                    .modifiedAt(Timestamps.instant(info.getModifiedTime()))
                    .linkTarget(target.isEmpty() ? null : target)
                    .metadata(info.getMetadataMap())
                    .build();
        } catch (DateTimeException e) {
            throw new IOException("the sandbox sent a malformed entry: " + e.getMessage(), e);
        }
    }

    /**
     * Returns the type of a link's target, or of the file itself. E2B sends "unspecified" for special files and broken
     * links.
     */
    private static FileType targetType(EntryInfo info, String special, boolean isLink) {
        return switch (info.getType()) {
            case FILE_TYPE_FILE -> isLink || !isDevice(special) ? FileType.FILE : FileType.OTHER;
            case FILE_TYPE_DIRECTORY -> FileType.DIRECTORY;
            case FILE_TYPE_SYMLINK -> FileType.UNKNOWN; // a link to a link, which is a loop
            case FILE_TYPE_UNSPECIFIED, UNRECOGNIZED ->
                isLink && info.getSymlinkTarget().isEmpty() ? FileType.UNKNOWN : FileType.OTHER;
        };
    }

    /** Returns true for a pipe, socket, device or unknown type. */
    private static boolean isDevice(String special) {
        return special.chars().anyMatch(letter -> "pSDc?".indexOf(letter) >= 0);
    }

    private static int kind(String special) {
        if (special.indexOf('p') >= 0) {
            return FileEntry.FIFO;
        }
        if (special.indexOf('S') >= 0) {
            return FileEntry.SOCKET;
        }
        if (special.indexOf('D') < 0) {
            return 0;
        }
        return special.indexOf('c') >= 0 ? FileEntry.CHARACTER_DEVICE : FileEntry.BLOCK_DEVICE;
    }

    private static int specialBits(String special) {
        return kind(special)
                | (special.indexOf('u') >= 0 ? 04000 : 0)
                | (special.indexOf('g') >= 0 ? 02000 : 0)
                | (special.indexOf('t') >= 0 ? 01000 : 0);
    }

    /** Returns the texts of links by path, without links that were removed meanwhile. */
    private Map<String, String> texts(List<String> links) {
        var texts = new HashMap<String, String>();
        var batch = new ArrayList<String>();
        var characters = 0;
        for (String link : links) {
            if (batch.size() == LINKS_AT_ONCE || characters + link.length() > CHARACTERS_AT_ONCE) {
                readLinks(batch, texts);
                batch.clear();
                characters = 0;
            }
            batch.add(link);
            characters += link.length();
        }
        readLinks(batch, texts);
        return texts;
    }

    private void readLinks(List<String> links, Map<String, String> texts) {
        var done = root.run(Scripts.READ_LINKS, links.toArray(String[]::new));
        var answers = new String(done.out(), StandardCharsets.UTF_8).split("\0", -1);
        for (int i = 0; i < links.size() && i < answers.length; i++) {
            texts.put(links.get(i), answers[i]);
        }
    }

    private static FileEntry withText(FileEntry it, Map<String, String> texts) {
        return it.toBuilder().linkText(texts.getOrDefault(it.path(), "")).build();
    }
}
