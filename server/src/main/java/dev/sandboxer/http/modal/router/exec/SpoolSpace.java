package dev.sandboxer.http.modal.router.exec;

import java.util.concurrent.atomic.AtomicLong;

/** How much memory and disk the kept output of all commands may take. Thread-safe. */
public final class SpoolSpace {
    private final Purse memory;
    private final Purse disk;
    private final long diskOfOne;

    /**
     * @param memory most bytes in memory
     * @param disk most bytes on disk
     * @param diskOfOne most bytes on disk for one sandbox
     */
    public SpoolSpace(long memory, long disk, long diskOfOne) {
        this.memory = new Purse(memory);
        this.disk = new Purse(disk);
        this.diskOfOne = diskOfOne;
    }

    /** For a server: little memory, and a disk that holds a few long outputs. */
    public static SpoolSpace ofServer() {
        return new SpoolSpace(64L << 20, 8L << 30, 1L << 30);
    }

    Share share() {
        return new Share(new Purse(diskOfOne));
    }

    long inUse() {
        return memory.used.get() + disk.used.get();
    }

    /** What one sandbox may take. */
    final class Share {
        private final Purse own;

        private Share(Purse own) {
            this.own = own;
        }

        boolean reserveMemory(int bytes) {
            return memory.take(bytes);
        }

        void freeMemory(int bytes) {
            memory.giveBack(bytes);
        }

        boolean reserveDisk(int bytes) {
            if (!own.take(bytes)) {
                return false;
            }
            if (!disk.take(bytes)) {
                own.giveBack(bytes);
                return false;
            }
            return true;
        }

        void freeDisk(int bytes) {
            own.giveBack(bytes);
            disk.giveBack(bytes);
        }
    }

    private record Purse(long size, AtomicLong used) {
        Purse(long size) {
            this(size, new AtomicLong());
        }

        boolean take(long bytes) {
            if (used.addAndGet(bytes) <= size) {
                return true;
            }
            used.addAndGet(-bytes);
            return false;
        }

        void giveBack(long bytes) {
            used.addAndGet(-bytes);
        }
    }
}
