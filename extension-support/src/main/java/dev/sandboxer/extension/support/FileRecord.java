package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An entry in the format of {@code files.sh}: the path, a line of {@code stat}, and for a link three more fields, each ended by NUL.
 *
 * @param path raw bytes from the sandbox, which need not be UTF-8
 */
@SuppressWarnings("ArrayRecordComponent") // read, never compared
record FileRecord(byte[] path, FileEntry entry) {
    static final int MAX_PATH_BYTES = 8192;

    /** Orders by path. A slash sorts before any other byte, so that a directory's entries come right after it. */
    static final Comparator<FileRecord> PARENTS_FIRST = (one, other) -> compare(one.path, other.path);

    private static final int MAX_LINE_BYTES = 512;
    private static final int MAX_MODE_BYTES = 10;

    private static final int DIRECTORY = 0040000;
    private static final int FILE = 0100000;
    private static final int LINK = 0120000;
    private static final int PERMISSIONS = 07777;

    /**
     * Mode in hexadecimal, size in bytes, uid, gid, modification time in epoch seconds, the same as text with its fraction, owner and group
     * names.
     */
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{1,8}) ([0-9]{1,18}) ([0-9]{1,10}) ([0-9]{1,10})"
            + " (-?[0-9]{1,19}) [-0-9: ]*(?:\\.([0-9]{1,9}))?(?: [-+][0-9]{4})?/([^/]*)/([^/]*)");

    private static final Pattern MODE = Pattern.compile("([0-9a-f]{1,8})\n");

    /** Reads the next entry. */
    static FileRecord read(CommandOutput output) {
        var path = output.readUntil(0, MAX_PATH_BYTES);
        var line = LINE.matcher(text(output.readUntil(0, MAX_LINE_BYTES)));
        if (path.length == 0 || path[0] != '/' || !line.matches()) {
            throw output.unexpected();
        }
        try {
            return new FileRecord(path, entry(text(path), line.toMatchResult(), output));
        } catch (NumberFormatException e) {
            throw output.unexpected();
        }
    }

    private static FileEntry entry(String path, MatchResult line, CommandOutput output) {
        var mode = Integer.parseUnsignedInt(line.group(1), 16);
        var type = type(mode);
        var link = type == FileType.SYMLINK ? Link.read(output) : null;
        var targetMode = link == null ? mode : link.mode() == null ? mode : link.mode();
        return FileEntry.builder(path, type)
                .targetType(link == null ? type : link.type())
                .mode(targetMode & PERMISSIONS | (type == FileType.OTHER ? mode & FileEntry.KIND_MASK : 0))
                .size(Long.parseLong(line.group(2)))
                .owner(Integer.parseUnsignedInt(line.group(3)), owner(line.group(7), line.group(3)))
                .group(Integer.parseUnsignedInt(line.group(4)), owner(line.group(8), line.group(4)))
                .modifiedAt(time(line.group(5), line.group(6)))
                .linkText(link == null ? null : link.text())
                .linkTarget(link == null ? null : link.target())
                .build();
    }

    /**
     * The text and the target of a link.
     *
     * @param mode mode of the target; null when the link is broken
     * @param target the final target of the link, an absolute path; null when the link is broken
     */
    private record Link(
            String text, @Nullable Integer mode, @Nullable String target) {
        static Link read(CommandOutput output) {
            var text = FileRecord.text(output.readUntil(0, MAX_PATH_BYTES));
            var mode = FileRecord.text(output.readUntil(0, MAX_MODE_BYTES));
            var target = FileRecord.text(output.readUntil(0, MAX_PATH_BYTES));
            var match = MODE.matcher(mode);
            if (mode.isEmpty() || target.isEmpty()) {
                return new Link(text, null, null);
            }
            if (!match.matches() || !target.startsWith("/")) {
                throw output.unexpected();
            }
            return new Link(text, Integer.parseUnsignedInt(match.group(1), 16), target);
        }

        FileType type() {
            return mode == null ? FileType.UNKNOWN : FileRecord.type(mode);
        }
    }

    private static FileType type(int mode) {
        return switch (mode & FileEntry.KIND_MASK) {
            case DIRECTORY -> FileType.DIRECTORY;
            case FILE -> FileType.FILE;
            case LINK -> FileType.SYMLINK;
            default -> FileType.OTHER;
        };
    }

    /** Returns the name, or the number if {@code stat} found no name and printed UNKNOWN. */
    private static String owner(String name, String number) {
        return name.isEmpty() || name.equals("UNKNOWN") ? number : name;
    }

    /** Converts a file's time, clamped to the range of {@link Instant}, since a file in the sandbox may have any time. */
    private static Instant time(String seconds, @Nullable String fraction) {
        var whole = Math.clamp(Long.parseLong(seconds), Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond());
        var nanos = fraction == null ? 0 : Integer.parseInt((fraction + "00000000").substring(0, 9));
        return Instant.ofEpochSecond(whole, nanos);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Returns true if the path is in that directory, at any depth. The root directory is the empty array. */
    boolean isBelow(byte[] directory) {
        return path.length > directory.length + 1
                && path[directory.length] == '/'
                && Arrays.equals(path, 0, directory.length, directory, 0, directory.length);
    }

    private static int compare(byte[] one, byte[] other) {
        var same = Arrays.mismatch(one, other);
        if (same < 0) {
            return 0;
        }
        return Integer.compare(order(one, same), order(other, same));
    }

    private static int order(byte[] path, int at) {
        return at == path.length ? -1 : path[at] == '/' ? 0 : path[at] & 0xff;
    }
}
