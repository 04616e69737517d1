package dev.sandboxer.local.agent;

import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileType;
import java.time.DateTimeException;
import java.time.Instant;

/** Reads the entry of a file or directory from a frame. */
final class EntryReader {
    private static final FileType[] TYPES = {
        FileType.UNKNOWN, FileType.FILE, FileType.DIRECTORY, FileType.SYMLINK, FileType.OTHER
    };

    private EntryReader() {}

    static FileEntry read(Frame frame) {
        var name = frame.str();
        var path = frame.str();
        var type = type(frame.u8());
        var targetType = type(frame.u8());
        var mode = frame.i32();
        var size = frame.u64();
        var uid = frame.i32();
        var gid = frame.i32();
        var owner = frame.str();
        var group = frame.str();
        var modified = instant(frame.u64(), frame.i32());
        var linkText = frame.str();
        var linkTarget = frame.str();
        var metadata = frame.map();
        return FileEntry.builder(path, type)
                .name(name)
                .targetType(targetType)
                .mode(mode & (type == FileType.OTHER ? FileEntry.KIND_MASK | 0_7777 : 0_7777))
                .size(size)
                .owner(uid, owner)
                .group(gid, group)
                .modifiedAt(modified)
                .linkText(linkText.isEmpty() ? null : linkText)
                .linkTarget(linkTarget.isEmpty() ? null : linkTarget)
                .metadata(metadata)
                .build();
    }

    private static FileType type(int code) {
        if (code >= TYPES.length) {
            throw Frame.protocolError("file type " + code);
        }
        return TYPES[code];
    }

    private static Instant instant(long seconds, int nanos) {
        try {
            return Instant.ofEpochSecond(seconds, nanos);
        } catch (DateTimeException | ArithmeticException e) {
            throw Frame.protocolError("a time of " + seconds + " s");
        }
    }
}
