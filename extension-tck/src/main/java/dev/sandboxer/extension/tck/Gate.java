package dev.sandboxer.extension.tck;

/**
 * Holds a process inside back until the test says go. A file, so that it needs no standard input.
 *
 * @param path absent while the gate is shut
 */
public record Gate(Box box, String path) {
    /** Shell words that wait for the gate to open. */
    public String pass() {
        return "until [ -e '" + path + "' ]; do sleep 0.02; done";
    }

    public void open() {
        box.write(path, "");
    }
}
