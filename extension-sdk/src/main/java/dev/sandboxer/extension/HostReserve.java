package dev.sandboxer.extension;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The resources reserved for this host's own programs, and the overcommit factor for the rest. Applies only to sandboxes on this host.
 *
 * @param memoryMiB reserved memory; null = 1/16 of the host's memory, at most 1 GiB
 * @param diskMiB reserved space on each disk; null = 1/16 of the disk, at most 1 GiB
 * @param processes reserved processes and threads; null = 1/16 of the host's limit, at most 4096
 * @param overcommit more than 0; the limits of all sandboxes together may be this many times the unreserved resources, since few sandboxes
 *     use their whole limit
 */
public record HostReserve(
        @Nullable Integer memoryMiB,
        @Nullable Integer diskMiB,
        @Nullable Integer processes,
        double overcommit) {
    /** The reserve when nothing is configured. */
    public static final HostReserve DEFAULT = new HostReserve(null, null, null, 16);

    private static final int SIXTEENTH = 16;
    private static final int MAX_MIB = 1024;
    private static final int MAX_PROCESSES = 4096;
    private static final long MIB = 1L << 20;

    /**
     * Checks the overcommit factor.
     *
     * @throws IllegalArgumentException when {@code overcommit} is not above 0
     */
    public HostReserve {
        if (!(overcommit > 0)) {
            throw new IllegalArgumentException("overcommit must be greater than 0, not " + overcommit);
        }
    }

    /**
     * Returns the memory that sandboxes may use together.
     *
     * @param total the host's memory in bytes
     * @return bytes, never negative
     */
    public long allocatableMemory(long total) {
        return Math.max(0, total - reserved(memoryMiB, total, MAX_MIB, MIB));
    }

    /**
     * Returns the number of processes and threads that sandboxes may have together.
     *
     * @param total the host's limit
     * @return a number, never negative
     */
    public long allocatableProcesses(long total) {
        return Math.max(0, total - reserved(processes, total, MAX_PROCESSES, 1));
    }

    /**
     * Returns the disk space that sandboxes may use together: the disk's size minus the reserve.
     *
     * @param directory a directory on that disk
     * @return bytes, never negative
     * @throws IOException when the disk's size can't be read
     */
    public long allocatableDisk(Path directory) throws IOException {
        var total = Files.getFileStore(directory).getTotalSpace();
        return Math.max(0, total - reserved(diskMiB, total, MAX_MIB, MIB));
    }

    /**
     * Returns the free space of a disk minus the reserve.
     *
     * @param directory a directory on that disk
     * @return bytes; negative when the free space is less than the reserve
     * @throws IOException when the disk's free space can't be read
     */
    public long freeDisk(Path directory) throws IOException {
        var store = Files.getFileStore(directory);
        return store.getUsableSpace() - reserved(diskMiB, store.getTotalSpace(), MAX_MIB, MIB);
    }

    /**
     * Returns the most that the limits of all sandboxes may add up to.
     *
     * @param left the amount that they may use together
     * @return {@code left} times {@code overcommit}, in the same unit
     */
    public long overcommitted(long left) {
        return (long) (left * overcommit); // saturates
    }

    private static long reserved(@Nullable Integer configured, long total, int most, long unit) {
        return configured == null ? Math.min(total / SIXTEENTH, most * unit) : configured * unit;
    }
}
