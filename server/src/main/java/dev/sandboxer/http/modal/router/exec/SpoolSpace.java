package dev.sandboxer.http.modal.router.exec;

import java.util.concurrent.atomic.AtomicLong;

/** Limits the memory and disk space for the kept output of all commands. Thread-safe. */
public final class SpoolSpace {
    private final Quota memory;
    private final Quota disk;
    private final long diskOfOne;

    /**
     * Sets the limits.
     *
     * @param memory the most bytes in memory
     * @param disk the most bytes on disk
     * @param diskOfOne the most bytes on disk for one sandbox
     */
    public SpoolSpace(long memory, long disk, long diskOfOne) {
        this.memory = new Quota(memory);
        this.disk = new Quota(disk);
        this.diskOfOne = diskOfOne;
    }

    /** Returns the limits of a server: 64 MiB of memory, 8 GiB of disk, and 1 GiB of it for one sandbox. */
    public static SpoolSpace forServer() {
        return new SpoolSpace(64L << 20, 8L << 30, 1L << 30);
    }

    /** Returns a new sandbox's share. */
    Share share() {
        return new Share(new Quota(diskOfOne));
    }

    /** The number of bytes in use, in memory and on disk. */
    long inUse() {
        return memory.used.get() + disk.used.get();
    }

    /** The part that one sandbox may take. */
    final class Share {
        private final Quota own;

        private Share(Quota own) {
            this.own = own;
        }

        boolean reserveMemory(int bytes) {
            return memory.reserve(bytes);
        }

        void freeMemory(int bytes) {
            memory.release(bytes);
        }

        boolean reserveDisk(int bytes) {
            if (!own.reserve(bytes)) {
                return false;
            }
            if (!disk.reserve(bytes)) {
                own.release(bytes);
                return false;
            }
            return true;
        }

        void freeDisk(int bytes) {
            own.release(bytes);
            disk.release(bytes);
        }
    }

    private record Quota(long size, AtomicLong used) {
        Quota(long size) {
            this(size, new AtomicLong());
        }

        boolean reserve(long bytes) {
            if (used.addAndGet(bytes) <= size) {
                return true;
            }
            used.addAndGet(-bytes);
            return false;
        }

        void release(long bytes) {
            used.addAndGet(-bytes);
        }
    }
}
