package dev.sandboxer.extension.tck;

/**
 * Holds a process inside back until the test says go. A file, so that it needs no standard input.
 *
 * @param box the sandbox
 * @param path absent while the gate is shut
 */
public record Gate(Box box, String path) {
    /**
     * Shell words that wait for the gate to open.
     *
     * @return the command
     */
    public String pass() {
        return "until [ -e '" + path + "' ]; do sleep 0.02; done";
    }

    /** Lets those who wait pass. */
    public void open() {
        box.write(path, "");
    }
}
