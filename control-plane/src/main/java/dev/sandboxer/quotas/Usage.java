package dev.sandboxer.quotas;

import dev.sandboxer.lifecycle.state.Sandbox;

/**
 * The combined usage of some sandboxes, as quotas count it.
 *
 * @param live how many have not ended
 * @param cpuMillis thousandths of CPUs of those that are not paused
 * @param memoryMiB memory of all of them, paused ones included
 */
public record Usage(long live, long cpuMillis, long memoryMiB) {
    /** Returns what a creation adds. */
    static Usage ofCreation(Sandbox sandbox) {
        return new Usage(1, sandbox.size().cpuMillis(), sandbox.size().memoryMiB());
    }

    /** Returns what a resumption adds: no memory, because a paused sandbox keeps its own. */
    static Usage ofResumption(Sandbox sandbox) {
        return new Usage(0, sandbox.size().cpuMillis(), 0);
    }

    Usage minus(Usage part) {
        return new Usage(live - part.live, cpuMillis - part.cpuMillis, memoryMiB - part.memoryMiB);
    }
}
