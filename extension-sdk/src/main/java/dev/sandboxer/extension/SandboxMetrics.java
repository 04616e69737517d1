package dev.sandboxer.extension;

import java.time.Duration;
import java.time.Instant;

/**
 * What a sandbox uses at a moment, as measured from outside.
 *
 * @param at when
 * @param cpuUsed processor time of all its processes since it was created; never falls
 * @param memoryUsedBytes memory of its processes and their page cache
 * @param memoryCacheBytes the page cache's part of that
 * @param memoryTotalBytes the limit
 * @param diskUsedBytes of its writable disk
 * @param diskTotalBytes size of that disk
 */
public record SandboxMetrics(
        Instant at,
        Duration cpuUsed,
        long memoryUsedBytes,
        long memoryCacheBytes,
        long memoryTotalBytes,
        long diskUsedBytes,
        long diskTotalBytes) {}
