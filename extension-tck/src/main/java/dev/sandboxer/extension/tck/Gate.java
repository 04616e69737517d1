package dev.sandboxer.extension.tck;

/**
 * Makes a process inside the sandbox wait until the test opens the gate. The gate is a file, so the process needs no standard input.
 *
 * @param box the sandbox
 * @param path path of the file, which doesn't exist while the gate is closed
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

    /** Opens the gate. Every waiting process continues. */
    public void open() {
        box.write(path, "");
    }
}
