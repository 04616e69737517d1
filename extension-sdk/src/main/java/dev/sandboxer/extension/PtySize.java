package dev.sandboxer.extension;

/** Size of a terminal in characters. */
public record PtySize(int columns, int rows) {
    public PtySize {
        if (columns < 1 || rows < 1 || columns > 65_535 || rows > 65_535) {
            throw new OperationException(
                    OperationException.Reason.INVALID, "not a terminal size: " + columns + " x " + rows);
        }
    }
}
