package dev.sandboxer.http.modal.router.legacy;

/**
 * The mode in which a file is opened, as Python's {@code open} writes it.
 *
 * @param reads true if the file may be read
 * @param writes true if the file may be written
 * @param kind what opening does if the file exists, and if it doesn't
 */
record OpenMode(boolean reads, boolean writes, Kind kind) {
    enum Kind {
        /** The file has to exist. */
        EXISTING,
        /** The file is emptied, or created. */
        TRUNCATED,
        /** Everything is written at the end of the file, which is created if it doesn't exist. */
        APPENDED,
        /** The file must not exist. */
        NEW
    }

    static OpenMode of(String text) {
        var plain = text.replace("b", "").replace("t", "");
        var both = plain.contains("+");
        return switch (plain.replace("+", "")) {
            case "r", "" -> new OpenMode(true, both, Kind.EXISTING);
            case "w" -> new OpenMode(both, true, Kind.TRUNCATED);
            case "a" -> new OpenMode(both, true, Kind.APPENDED);
            case "x" -> new OpenMode(both, true, Kind.NEW);
            default -> throw new FileError(FileError.INVALID, "invalid mode: '" + text + "'");
        };
    }
}
