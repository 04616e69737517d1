package dev.sandboxer.cli.sandboxes.copy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.FileEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How much of what a sandbox has told of its files is kept in memory: it may have millions, to use up ours. */
final class ListingLimit {
    /** Some hundred thousand entries. */
    private static final long MOST = Math.min(128L << 20, Runtime.getRuntime().maxMemory() / 4);

    /** Of an entry or a sentence, beside its text. */
    private static final long EACH = 300;

    private final long most;
    private long kept;

    ListingLimit() {
        this(MOST);
    }

    ListingLimit(long most) {
        this.most = most;
    }

    FileEntry counted(FileEntry entry) {
        keep(size(entry));
        return entry;
    }

    String counted(String text) {
        keep(EACH + text.length());
        return text;
    }

    /** They are no longer needed. */
    void forget(List<FileEntry> entries) {
        entries.forEach(entry -> kept -= size(entry));
    }

    private void keep(long size) {
        kept += size;
        if (kept > most) {
            throw new SandboxException(
                    ErrorCode.FILE_REFUSED,
                    "too many files in one directory, or left behind, to be copied one by one;"
                            + " pack them inside, for one with tar, and copy that");
        }
    }

    private static long size(FileEntry entry) {
        long size = EACH + entry.name().length() + entry.path().length();
        size += length(entry.linkText()) + length(entry.linkTarget());
        for (var item : entry.metadata().entrySet()) {
            size += EACH + item.getKey().length() + item.getValue().length();
        }
        return size;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
