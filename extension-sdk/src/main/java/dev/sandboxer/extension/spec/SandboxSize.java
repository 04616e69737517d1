package dev.sandboxer.extension.spec;

import org.jspecify.annotations.Nullable;

/**
 * The size of a sandbox.
 *
 * @param cpuMillis thousandths of a CPU, at least 1
 * @param memoryMiB memory for processes and their page cache together, at least 1
 * @param diskMiB writable disk, at least 1
 * @param gpu null = no GPU
 */
public record SandboxSize(
        int cpuMillis, int memoryMiB, int diskMiB, @Nullable Gpu gpu) {
    /** Checks that CPU, memory and disk are positive. */
    public SandboxSize {
        if (cpuMillis < 1 || memoryMiB < 1 || diskMiB < 1) {
            throw new IllegalArgumentException("a size must be positive: " + cpuMillis + " mCPU, " + memoryMiB
                    + " MiB memory, " + diskMiB + " MiB disk");
        }
    }

    /**
     * Creates a size without a GPU.
     *
     * @param cpuMillis thousandths of a CPU, at least 1
     * @param memoryMiB memory, at least 1
     * @param diskMiB writable disk, at least 1
     */
    public SandboxSize(int cpuMillis, int memoryMiB, int diskMiB) {
        this(cpuMillis, memoryMiB, diskMiB, null);
    }
}
