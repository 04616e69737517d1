package dev.sandboxer.local.host;

import dev.sandboxer.extension.HostReserve;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The memory and processes that this host has for all sandboxes together. The rest is reserved for its own programs and the control
 * plane.
 *
 * @param reserve the resources that are kept for the host
 */
public record HostCapacity(HostReserve reserve) {
    /** Returns the bytes of memory that all sandboxes together may use. */
    public long memory() throws IOException {
        return reserve.allocatableMemory(totalMemory());
    }

    /** Returns how many processes and threads all sandboxes together may have. */
    long processes() throws IOException {
        return reserve.allocatableProcesses(
                Math.min(number("/proc/sys/kernel/pid_max"), number("/proc/sys/kernel/threads-max")));
    }

    /** Returns the bytes of memory that this host has. */
    public static long totalMemory() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            if (line.startsWith("MemTotal:")) {
                return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("/proc/meminfo has no MemTotal");
    }

    /**
     * Reads a kernel setting. The kernel returns the value to the first read only, so this reads once; {@code Files.readString} would start
     * with a read of one byte.
     */
    private static long number(String file) throws IOException {
        try (var in = Files.newInputStream(Path.of(file))) {
            return Long.parseLong(new String(in.readNBytes(64), StandardCharsets.US_ASCII).strip());
        }
    }
}
