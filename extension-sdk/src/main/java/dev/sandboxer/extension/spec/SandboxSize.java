package dev.sandboxer.extension.spec;

/**
 * How large a sandbox is.
 *
 * @param cpuMillis thousandths of a CPU's time
 * @param memoryMiB memory, processes and their page cache together
 * @param diskMiB writable disk
 */
public record SandboxSize(int cpuMillis, int memoryMiB, int diskMiB) {
    public SandboxSize {
        if (cpuMillis < 1 || memoryMiB < 1 || diskMiB < 1) {
            throw new IllegalArgumentException("a size has to be positive: " + cpuMillis + " mCPU, " + memoryMiB
                    + " MiB memory, " + diskMiB + " MiB disk");
        }
    }
}
