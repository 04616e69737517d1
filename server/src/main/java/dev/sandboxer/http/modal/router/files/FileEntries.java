package dev.sandboxer.http.modal.router.files;

import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileType;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Describes files and directories in JSON, as the file tool prints them. */
final class FileEntries {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int REGULAR = 0100000;
    private static final int DIRECTORY = 0040000;
    private static final int LINK = 0120777;
    private static final int PERMISSIONS = 07777;

    private FileEntries() {}

    /**
     * Describes an entry.
     *
     * @param path the path to print
     */
    static String json(FileEntry entry, String name, String path) {
        return JSON.writeValueAsString(fields(entry, name, path));
    }

    private static Map<String, Object> fields(FileEntry entry, String name, String path) {
        var mode = mode(entry);
        var modified = entry.modifiedAt();
        var fields = new LinkedHashMap<String, Object>();
        fields.put("name", name);
        fields.put("path", path);
        fields.put("type", type(entry));
        fields.put("size", entry.size());
        fields.put("mode", mode);
        fields.put("permissions", "%04o".formatted(mode & PERMISSIONS));
        fields.put("owner", entry.owner());
        fields.put("group", entry.group());
        fields.put("modified_time", modified.getEpochSecond() + modified.getNano() / 1e9);
        if (entry.linkText() != null) {
            fields.put("symlink_target", entry.linkText());
        }
        return fields;
    }

    private static String type(FileEntry entry) {
        return switch (entry.type()) {
            case DIRECTORY -> "directory";
            case SYMLINK -> "symlink";
            case FILE, OTHER, UNKNOWN -> "file";
        };
    }

    /** Returns the mode as {@code lstat} does: with the bits of the file type, and for a link that of the link itself. */
    private static int mode(FileEntry entry) {
        if (entry.type() == FileType.SYMLINK) {
            return LINK;
        }
        return switch (entry.type()) {
            case DIRECTORY -> DIRECTORY | entry.mode() & PERMISSIONS;
            case FILE -> REGULAR | entry.mode() & PERMISSIONS;
            default -> entry.mode();
        };
    }
}
