package dev.sandboxer.extension.session;

/**
 * The size of a terminal in characters.
 *
 * @param columns 1 to 65535
 * @param rows 1 to 65535
 */
public record PtySize(int columns, int rows) {
    /**
     * Checks the ranges.
     *
     * @throws OperationException {@code INVALID} when a component is out of range
     */
    public PtySize {
        if (columns < 1 || rows < 1 || columns > 65_535 || rows > 65_535) {
            throw new OperationException(
                    OperationException.Reason.INVALID, "not a terminal size: " + columns + " x " + rows);
        }
    }
}
