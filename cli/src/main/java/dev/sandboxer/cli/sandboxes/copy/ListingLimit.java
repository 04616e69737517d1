package dev.sandboxer.cli.sandboxes.copy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.FileEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bounds the memory for file listings: a hostile sandbox may report millions of files. Not thread-safe. */
final class ListingLimit {
    /** In bytes; enough for some hundred thousand entries. */
    private static final long DEFAULT_LIMIT =
            Math.min(128L << 20, Runtime.getRuntime().maxMemory() / 4);

    /** Bytes of an entry or a message in addition to its text. */
    private static final long OVERHEAD = 300;

    private final long limit;
    private long used;

    ListingLimit() {
        this(DEFAULT_LIMIT);
    }

    ListingLimit(long limit) {
        this.limit = limit;
    }

    FileEntry counted(FileEntry entry) {
        use(size(entry));
        return entry;
    }

    String counted(String text) {
        use(OVERHEAD + text.length());
        return text;
    }

    /** Stops counting these entries, whose memory is free again. */
    void release(List<FileEntry> entries) {
        entries.forEach(entry -> used -= size(entry));
    }

    private void use(long size) {
        used += size;
        if (used > limit) {
            throw new SandboxException(
                    ErrorCode.FILE_REFUSED,
                    "there are too many files to copy one by one; pack them in the sandbox, for example with tar, and copy the"
                            + " archive");
        }
    }

    private static long size(FileEntry entry) {
        long size = OVERHEAD + entry.name().length() + entry.path().length();
        size += length(entry.linkText()) + length(entry.linkTarget());
        for (var item : entry.metadata().entrySet()) {
            size += OVERHEAD + item.getKey().length() + item.getValue().length();
        }
        return size;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
