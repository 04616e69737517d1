package dev.sandboxer.http.modal.router.files;

import dev.sandboxer.extension.session.OperationException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import tools.jackson.databind.json.JsonMapper;

/** A failure of the file tool, which clients read from its standard error. */
final class FileFailure extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final JsonMapper JSON = new JsonMapper();

    static final String NOT_FOUND = "NotFound";
    static final String IS_DIRECTORY = "IsDirectory";
    static final String IS_FILE = "IsFile";
    static final String NOT_DIRECTORY = "NotDirectory";
    static final String PATH_ALREADY_EXISTS = "PathAlreadyExists";
    static final String ALREADY_EXISTS = "AlreadyExists";
    static final String DIRECTORY_NOT_EMPTY = "DirectoryNotEmpty";
    static final String FILE_TOO_LARGE = "FileTooLarge";
    static final String IO = "Io";

    private final String kind;

    FileFailure(String kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    static FileFailure notFound() {
        return new FileFailure(NOT_FOUND, "path does not exist");
    }

    static FileFailure notDirectory() {
        return new FileFailure(NOT_DIRECTORY, "a component of the path is not a directory");
    }

    static FileFailure of(OperationException e) {
        return switch (e.reason()) {
            case NOT_FOUND -> notFound();
            case NOT_A_DIRECTORY -> notDirectory();
            case IS_A_DIRECTORY -> new FileFailure(IS_DIRECTORY, "expected a file path");
            case ALREADY_EXISTS -> new FileFailure(PATH_ALREADY_EXISTS, "path already exists");
            case NOT_EMPTY -> new FileFailure(DIRECTORY_NOT_EMPTY, "directory is not empty");
            case PERMISSION_DENIED -> new FileFailure("PermissionDenied", "permission denied");
            case UNSUPPORTED -> new FileFailure("NotSupported", String.valueOf(e.getMessage()));
            default -> new FileFailure(IO, String.valueOf(e.getMessage()));
        };
    }

    byte[] json() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("version", 1);
        fields.put("error_kind", kind);
        fields.put("message", String.valueOf(getMessage()));
        return JSON.writeValueAsString(fields).getBytes(StandardCharsets.UTF_8);
    }
}
