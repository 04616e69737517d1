package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.FileEntry;
import dev.sandboxer.extension.FileEvent;
import dev.sandboxer.extension.FileType;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The messages of E2B's {@code filesystem.Filesystem} as JSON. Source: {@code spec/envd/filesystem/filesystem.proto}. */
final class FileMessages {
    private FileMessages() {}

    /**
     * What a method is about.
     *
     * @param depth an unsigned number of 32 bits, which in Protobuf's JSON is a number or a text; absent or 0 = 1
     */
    record Path(@Nullable String path, @Nullable JsonNode depth) {
        private static final long MOST = 0xffff_ffffL;

        /** As deep as a number reaches, which is deeper than paths are. */
        int levels() {
            if (depth == null || depth.isNull()) {
                return 1;
            }
            var text = depth.isNumber() || depth.isString() ? depth.asString() : "";
            try {
                var number = new BigDecimal(text).longValueExact();
                if (number >= 0 && number <= MOST) {
                    return Math.clamp(number, 1, Integer.MAX_VALUE);
                }
            } catch (ArithmeticException | NumberFormatException e) {
                // said below
            }
            throw new ConnectException(
                    ConnectCode.INVALID_ARGUMENT, "depth has to be a whole number from 0 to " + MOST);
        }

        @Override
        public String path() {
            return SandboxPaths.check(path);
        }
    }

    record Move(@Nullable String source, @Nullable String destination) {}

    record Watch(
            @Nullable String path,
            @Nullable Boolean recursive,
            @Nullable Boolean includeEntry,
            @Nullable Boolean allowNetworkMounts) {}

    record WatcherId(@Nullable String watcherId) {}

    /**
     * A path inside.
     *
     * @param size in bytes; a string, as 64-bit numbers are in this form of JSON
     * @param mode permission bits, nine of them
     */
    record Entry(
            String name,
            @Nullable String type,
            String path,
            String size,
            int mode,
            String permissions,
            String owner,
            String group,
            Instant modifiedTime,
            @Nullable String symlinkTarget,
            @Nullable Map<String, String> metadata) {
        static Entry of(FileEntry entry) {
            return new Entry(
                    entry.name(),
                    type(entry.targetType()),
                    entry.path(),
                    Long.toString(entry.size()),
                    entry.mode() & 0777,
                    permissions(entry),
                    entry.owner(),
                    entry.group(),
                    entry.modifiedAt(),
                    entry.linkTarget(),
                    entry.metadata().isEmpty() ? null : entry.metadata());
        }

        /** Of a link that of its target; null, which means unspecified, of FIFOs and the like, and when it leads nowhere. */
        private static @Nullable String type(FileType type) {
            return switch (type) {
                case FILE -> "FILE_TYPE_FILE";
                case DIRECTORY -> "FILE_TYPE_DIRECTORY";
                case SYMLINK -> "FILE_TYPE_SYMLINK";
                case OTHER, UNKNOWN -> null;
            };
        }

        /** As Go writes them; ? is its letter for what is neither file nor directory and not known better. */
        private static String permissions(FileEntry entry) {
            var kind = switch (entry.type()) {
                case DIRECTORY -> "d";
                case SYMLINK -> "L";
                case OTHER -> special(entry.mode());
                case FILE, UNKNOWN -> "";
            };
            var special = ((entry.mode() & 04000) != 0 ? "u" : "")
                    + ((entry.mode() & 02000) != 0 ? "g" : "")
                    + (isOf(entry, FileEntry.CHARACTER_DEVICE) ? "c" : "")
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
            return switch (mode & FileEntry.KIND) {
                case FileEntry.CHARACTER_DEVICE, FileEntry.BLOCK_DEVICE -> "D";
                case FileEntry.FIFO -> "p";
                case FileEntry.SOCKET -> "S";
                default -> "?";
            };
        }

        private static boolean isOf(FileEntry entry, int kind) {
            return entry.type() == FileType.OTHER && (entry.mode() & FileEntry.KIND) == kind;
        }
    }

    record One(Entry entry) {}

    record Many(List<Entry> entries) {}

    record Event(String name, String type, @Nullable Entry entry) {
        static Event of(FileEvent event) {
            var type = switch (event.kind()) {
                case CREATE -> "EVENT_TYPE_CREATE";
                case WRITE -> "EVENT_TYPE_WRITE";
                case REMOVE -> "EVENT_TYPE_REMOVE";
                case RENAME -> "EVENT_TYPE_RENAME";
                case CHMOD -> "EVENT_TYPE_CHMOD";
                case OVERFLOW -> throw new IllegalArgumentException("E2B has no word for lost events");
            };
            return new Event(event.name(), type, event.entry() == null ? null : Entry.of(event.entry()));
        }
    }

    /** One that has exactly one of these. */
    record WatchMessage(
            @Nullable Map<String, String> start,
            @Nullable Event filesystem,
            @Nullable Map<String, String> keepalive) {
        static final WatchMessage START = new WatchMessage(Map.of(), null, null);
        static final WatchMessage KEEPALIVE = new WatchMessage(null, null, Map.of());
    }

    record Events(List<Event> events) {}
}
