package dev.sandboxer.http.modal.router.legacy;

/**
 * How a file is opened, as Python's {@code open} writes it.
 *
 * @param reads whether it may be read
 * @param writes whether it may be written
 * @param kind what happens to a file that is there, and one that isn't
 */
record OpenMode(boolean reads, boolean writes, Kind kind) {
    enum Kind {
        /** It has to be there. */
        OLD,
        /** It is emptied, or made. */
        EMPTIED,
        /** Everything is written at its end; it is made when it isn't there. */
        APPENDED,
        /** It must not be there. */
        NEW
    }

    static OpenMode of(String text) {
        var plain = text.replace("b", "").replace("t", "");
        var both = plain.contains("+");
        return switch (plain.replace("+", "")) {
            case "r", "" -> new OpenMode(true, both, Kind.OLD);
            case "w" -> new OpenMode(both, true, Kind.EMPTIED);
            case "a" -> new OpenMode(both, true, Kind.APPENDED);
            case "x" -> new OpenMode(both, true, Kind.NEW);
            default -> throw new FileError(FileError.INVALID, "invalid mode: '" + text + "'");
        };
    }
}
