package dev.sandboxer.extension;

import java.time.Duration;
import java.time.Instant;

/**
 * How much a sandbox used at a moment, measured from outside.
 *
 * @param at when it was measured
 * @param cpuUsed processor time of all its processes since it was created; never falls
 * @param memoryUsedBytes memory of its processes and their page cache
 * @param memoryCacheBytes the page cache's part of {@code memoryUsedBytes}
 * @param memoryTotalBytes how much memory it may use
 * @param diskUsedBytes how much of its writable disk is used
 * @param diskTotalBytes size of its writable disk
 */
public record SandboxMetrics(
        Instant at,
        Duration cpuUsed,
        long memoryUsedBytes,
        long memoryCacheBytes,
        long memoryTotalBytes,
        long diskUsedBytes,
        long diskTotalBytes) {}
