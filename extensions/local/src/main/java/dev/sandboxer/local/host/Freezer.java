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
 * Freezes and thaws all processes of a sandbox through its control group. Keeps no state; always asks the kernel.
 *
 * @param group the v1 freezer's, or the v2 group
 */
public record Freezer(Cgroups.Group group) {
    /**
     * Pause before the state is written and read again. Version 1 has no event for "frozen". It also misses a process that is just
     * entering vfork's wait for its child; the group then stays FREEZING until the state is written again.
     */
    private static final long RETRY_MS = 1;

    /** Returns the freezer of a sandbox; empty if no group can be frozen. */
    public static Optional<Freezer> of(Cgroups groups) {
        return groups.with("freezer").map(Freezer::new);
    }

    /** Returns true if the group is frozen or about to be. A group that was removed is not frozen. */
    public boolean isFrozen() {
        var state = read(control());
        return group.unified() ? state.equals("1") : state.equals("FROZEN") || state.equals("FREEZING");
    }

    /** Returns true once no process in the group runs any more. */
    private boolean isStill() {
        return group.unified()
                ? read(group.path().resolve("cgroup.events")).contains("frozen 1")
                : read(control()).equals("FROZEN");
    }

    /**
     * Freezes the group and waits until all its processes stand still.
     *
     * @return false when some process did not stop within {@code limit}; then the group is thawed again
     */
    public boolean freeze(Duration limit) throws IOException {
        var start = System.nanoTime();
        startFreezing();
        while (!isStill()) {
            if (System.nanoTime() - start > limit.toNanos()) {
                thaw();
                return false;
            }
            try {
                Thread.sleep(RETRY_MS);
            } catch (InterruptedException e) {
                thaw();
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while the sandbox was being frozen");
            }
            startFreezing();
        }
        return true;
    }

    private void startFreezing() throws IOException {
        write(group.unified() ? "1" : "FROZEN");
    }

    public void thaw() throws IOException {
        write(group.unified() ? "0" : "THAWED");
    }

    private Path control() {
        return group.path().resolve(group.unified() ? "cgroup.freeze" : "freezer.state");
    }

    private void write(String state) throws IOException {
        Files.writeString(control(), state, StandardOpenOption.WRITE);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            if (isRemoved(e)) {
                return "";
            }
            throw ExtensionException.unknown(Kind.TRANSIENT, "can't read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Returns true for the kernel's error about a group that was removed after its file had been opened. */
    private static boolean isRemoved(IOException e) {
        var reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        return Objects.requireNonNullElse(reason, "").contains("No such device");
    }
}
