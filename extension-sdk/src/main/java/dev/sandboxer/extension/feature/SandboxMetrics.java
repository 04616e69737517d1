package dev.sandboxer.extension.feature;

import java.time.Duration;
import java.time.Instant;

/**
 * The resources that a sandbox uses, measured from outside. The counters ({@code cpuUsed}, {@code outOfMemoryKills} and the network bytes)
 * start at zero when the sandbox is created and never decrease.
 *
 * @param at when it was measured
 * @param cpuUsed CPU time of all processes
 * @param memoryUsedBytes memory of the processes and their page cache
 * @param memoryCacheBytes the page cache's part of {@code memoryUsedBytes}
 * @param memoryTotalBytes the memory limit
 * @param diskUsedBytes used space of the writable disk
 * @param diskTotalBytes size of the writable disk
 * @param outOfMemoryKills processes killed because the memory limit was reached; 0 also when the backend doesn't count them
 * @param networkInBytes bytes received, headers included; 0 also when the backend doesn't count them
 * @param networkOutBytes bytes sent, headers included; 0 also when the backend doesn't count them
 */
public record SandboxMetrics(
        Instant at,
        Duration cpuUsed,
        long memoryUsedBytes,
        long memoryCacheBytes,
        long memoryTotalBytes,
        long diskUsedBytes,
        long diskTotalBytes,
        long outOfMemoryKills,
        long networkInBytes,
        long networkOutBytes) {}
