package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileEvent;
import dev.sandboxer.protocol.e2b.FilesystemProto.EntryInfo;
import dev.sandboxer.protocol.e2b.FilesystemProto.EventType;
import dev.sandboxer.protocol.e2b.FilesystemProto.FileType;
import dev.sandboxer.protocol.e2b.FilesystemProto.FilesystemEvent;
import dev.sandboxer.protocol.e2b.FilesystemProto.WatchDirResponse;
import dev.sandboxer.protocol.e2b.Timestamps;

/** Translates between the messages of E2B's {@code filesystem.Filesystem} and the types of the extension contract. */
final class FileMessages {
    static final WatchDirResponse START = WatchDirResponse.newBuilder()
            .setStart(WatchDirResponse.StartEvent.getDefaultInstance())
            .build();
    static final WatchDirResponse KEEPALIVE = WatchDirResponse.newBuilder()
            .setKeepalive(WatchDirResponse.KeepAlive.getDefaultInstance())
            .build();

    private FileMessages() {}

    /** Returns the levels that an unsigned depth means: 0 means 1, and values beyond 2^31 - 1 mean 2^31 - 1. */
    static int levels(int depth) {
        return depth < 0 ? Integer.MAX_VALUE : Math.max(1, depth);
    }

    static EntryInfo entry(FileEntry entry) {
        var info = EntryInfo.newBuilder()
                .setName(entry.name())
                .setType(type(entry.targetType()))
                .setPath(entry.path())
                .setSize(entry.size())
                .setMode(entry.mode() & 0777)
                .setPermissions(permissions(entry))
                .setOwner(entry.owner())
                .setGroup(entry.group())
                .setModifiedTime(Timestamps.of(entry.modifiedAt()))
                .putAllMetadata(entry.metadata());
        if (entry.linkTarget() != null) {
            info.setSymlinkTarget(entry.linkTarget());
        }
        return info.build();
    }

    /** Translates a type. Unspecified stands for FIFOs, sockets and devices, and for a link without a target. */
    private static FileType type(dev.sandboxer.extension.session.FileType type) {
        return switch (type) {
            case FILE -> FileType.FILE_TYPE_FILE;
            case DIRECTORY -> FileType.FILE_TYPE_DIRECTORY;
            case SYMLINK -> FileType.FILE_TYPE_SYMLINK;
            case OTHER, UNKNOWN -> FileType.FILE_TYPE_UNSPECIFIED;
        };
    }

    /** Formats the permissions as Go does. {@code ?} is Go's letter for an unknown kind of file. */
    private static String permissions(FileEntry entry) {
        var kind = switch (entry.type()) {
            case DIRECTORY -> "d";
            case SYMLINK -> "L";
            case OTHER -> special(entry.mode());
            case FILE, UNKNOWN -> "";
        };
        var special = ((entry.mode() & 04000) != 0 ? "u" : "")
                + ((entry.mode() & 02000) != 0 ? "g" : "")
                + (isCharacterDevice(entry) ? "c" : "")
                + ((entry.mode() & 01000) != 0 ? "t" : "");
        var text = new StringBuilder(kind + special);
        if (text.isEmpty()) {
            text.append('-');
        }
        for (int bit = 8; bit >= 0; bit--) {
            text.append((entry.mode() & 1 << bit) != 0 ? "xwr".charAt(bit % 3) : '-');
        }
        return text.toString();
    }

    private static String special(int mode) {
        return switch (mode & FileEntry.KIND_MASK) {
            case FileEntry.CHARACTER_DEVICE, FileEntry.BLOCK_DEVICE -> "D";
            case FileEntry.FIFO -> "p";
            case FileEntry.SOCKET -> "S";
            default -> "?";
        };
    }

    private static boolean isCharacterDevice(FileEntry entry) {
        return entry.type() == dev.sandboxer.extension.session.FileType.OTHER
                && (entry.mode() & FileEntry.KIND_MASK) == FileEntry.CHARACTER_DEVICE;
    }

    /**
     * Translates an event.
     *
     * @throws ConnectException {@code RESOURCE_EXHAUSTED} for lost events, since E2B has no message for them
     */
    static FilesystemEvent event(FileEvent event) {
        var message = FilesystemEvent.newBuilder().setName(event.name()).setType(type(event.kind()));
        if (event.entry() != null) {
            message.setEntry(entry(event.entry()));
        }
        return message.build();
    }

    private static EventType type(FileEvent.Kind kind) {
        return switch (kind) {
            case CREATE -> EventType.EVENT_TYPE_CREATE;
            case WRITE -> EventType.EVENT_TYPE_WRITE;
            case REMOVE -> EventType.EVENT_TYPE_REMOVE;
            case RENAME -> EventType.EVENT_TYPE_RENAME;
            case CHMOD -> EventType.EVENT_TYPE_CHMOD;
            case OVERFLOW ->
                throw new ConnectException(
                        ConnectCode.RESOURCE_EXHAUSTED,
                        "events were lost because too many came at once; list the directory and watch it again");
        };
    }
}
