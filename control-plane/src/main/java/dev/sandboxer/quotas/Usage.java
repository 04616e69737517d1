package dev.sandboxer.quotas;

import dev.sandboxer.lifecycle.state.Sandbox;

/**
 * What some sandboxes use together, as far as quotas count it.
 *
 * @param live how many have not ended
 * @param cpuMillis thousandths of CPUs of those that are not paused
 * @param memoryMiB memory, of paused ones too
 */
public record Usage(long live, long cpuMillis, long memoryMiB) {
    /** What a creation adds. */
    static Usage ofCreation(Sandbox sandbox) {
        return new Usage(1, sandbox.size().cpuMillis(), sandbox.size().memoryMiB());
    }

    /** What a resumption adds: a paused sandbox keeps its memory. */
    static Usage ofResumption(Sandbox sandbox) {
        return new Usage(0, sandbox.size().cpuMillis(), 0);
    }

    Usage minus(Usage part) {
        return new Usage(live - part.live, cpuMillis - part.cpuMillis, memoryMiB - part.memoryMiB);
    }
}
