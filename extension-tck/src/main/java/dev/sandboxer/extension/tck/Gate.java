package dev.sandboxer.extension.tck;

/**
 * Makes a process inside the sandbox wait until the test opens the gate. The gate is a file, so it needs no standard input.
 *
 * @param box the sandbox
 * @param path absent while the gate is shut
 */
public record Gate(Box box, String path) {
    /**
     * Returns a shell command that waits until the gate is open.
     *
     * @return the command
     */
    public String pass() {
        return "until [ -e '" + path + "' ]; do sleep 0.02; done";
    }

    /** Opens the gate. Every waiting process goes on. */
    public void open() {
        box.write(path, "");
    }
}
