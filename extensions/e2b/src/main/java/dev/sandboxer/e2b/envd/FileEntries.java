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
 * Makes entries of {@code EntryInfo} (e2b-dev/E2B, {@code spec/envd/filesystem/filesystem.proto}), and adds what it lacks:
 * numbers of owners, and what a link says. The type of a link is only in {@code permissions}, which is Go's form of a mode
 * ({@code io/fs}, {@code FileMode.String}): letters for what is special, then nine for the bits.
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

    /** One of them. */
    FileEntry of(EntryInfo entry) throws IOException {
        return all(List.of(entry)).getFirst();
    }

    /** Many; what all their links say is asked for at once. */
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
            throw new IOException("the sandbox describes a file strangely: " + e.getMessage(), e);
        }
    }

    /** E2B's type is that of a link's target; unspecified when there is none, or when it is neither file nor directory. */
    private static FileType targetType(EntryInfo info, String special, boolean isLink) {
        return switch (info.getType()) {
            case FILE_TYPE_FILE -> isLink || !isDevice(special) ? FileType.FILE : FileType.OTHER;
            case FILE_TYPE_DIRECTORY -> FileType.DIRECTORY;
            case FILE_TYPE_SYMLINK -> FileType.UNKNOWN; // a link to a link: it goes in circles
            case FILE_TYPE_UNSPECIFIED, UNRECOGNIZED ->
                isLink && info.getSymlinkTarget().isEmpty() ? FileType.UNKNOWN : FileType.OTHER;
        };
    }

    /** Pipe, socket, device, character device, something else. */
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

    /** By path; what has gone meanwhile says nothing. */
    private Map<String, String> texts(List<String> links) {
        var texts = new HashMap<String, String>();
        var batch = new ArrayList<String>();
        var characters = 0;
        for (String link : links) {
            if (batch.size() == LINKS_AT_ONCE || characters + link.length() > CHARACTERS_AT_ONCE) {
                ask(batch, texts);
                batch.clear();
                characters = 0;
            }
            batch.add(link);
            characters += link.length();
        }
        ask(batch, texts);
        return texts;
    }

    private void ask(List<String> links, Map<String, String> texts) {
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
