package dev.sandboxer.local.host;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The control group that stops and starts everything in a sandbox. Whether it does is asked of the kernel each time.
 *
 * @param group of v1's freezer, or of v2
 * @param unified whether it is a v2 group
 */
public record Freezer(Path group, boolean unified) {
    /**
     * There is no event for it in v1, which moreover passes over a process that is just entering vfork's wait for its child:
     * such a group stays FREEZING for ever unless it is told again.
     */
    private static final long AGAIN_MS = 1;

    /** Empty when the sandbox has none. */
    public static Optional<Freezer> of(Cgroups groups) {
        return groups.of("freezer").map(group -> new Freezer(group.path(), group.unified()));
    }

    private Path control() {
        return group.resolve(unified ? "cgroup.freeze" : "freezer.state");
    }

    /** Whether it is frozen or on its way there. A group that has gone is not. */
    public boolean isFrozen() {
        var state = read(control());
        return unified ? state.equals("1") : state.equals("FROZEN") || state.equals("FREEZING");
    }

    private boolean standsStill() {
        return unified
                ? read(group.resolve("cgroup.events")).contains("frozen 1")
                : read(control()).equals("FROZEN");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            if (wentAway(e)) {
                return "";
            }
            throw ExtensionException.unknown(Kind.TRANSIENT, "can't read " + file + ": " + e.getMessage(), e);
        }
    }

    /** How the kernel refuses to read from a group that was removed after it had been opened. */
    private static boolean wentAway(IOException e) {
        var reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        return Objects.requireNonNullElse(reason, "").contains("No such device");
    }

    /** Returns when everything stands still; false when something did not within that time, and everything runs on. */
    public boolean freeze(Duration patience) throws IOException {
        var start = System.nanoTime();
        for (set(unified ? "1" : "FROZEN"); !standsStill(); set(unified ? "1" : "FROZEN")) {
            if (System.nanoTime() - start > patience.toNanos()) {
                thaw();
                return false;
            }
            try {
                Thread.sleep(AGAIN_MS);
            } catch (InterruptedException e) {
                thaw();
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("while the sandbox was being frozen");
            }
        }
        return true;
    }

    public void thaw() throws IOException {
        set(unified ? "0" : "THAWED");
    }

    private void set(String state) throws IOException {
        Files.writeString(control(), state, StandardOpenOption.WRITE);
    }
}
