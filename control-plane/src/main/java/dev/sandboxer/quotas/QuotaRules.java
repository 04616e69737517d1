package dev.sandboxer.quotas;

import dev.sandboxer.config.units.Cpus;
import dev.sandboxer.config.units.Sizes;
import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.consumers.Limit;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.Set;

/**
 * Decides whether a consumer may use more, and words the refusal.
 *
 * @param limits the consumer's limits
 * @param declared the limits that only the configuration can change
 */
record QuotaRules(String consumer, ConsumerLimits limits, Set<Limit> declared) {
    /**
     * Checks each limit to which the request adds. Ignores the others, which may be exceeded because they were lowered.
     *
     * @param used what the consumer uses without the request
     * @param added what the request adds
     * @throws SandboxException {@code OVER_QUOTA}, saying what is used, what is allowed and what to do
     */
    void check(Usage used, Usage added) {
        var maxLive = limits.maxLive();
        if (maxLive != null && exceeds(maxLive, used.live(), added.live())) {
            throw refused(
                    "has " + used.live() + " of " + maxLive + " live sandboxes",
                    maxLive > 0 ? "end one" : "",
                    Limit.MAX_LIVE,
                    Long.toString(raised(maxLive, used.live() + added.live())));
        }
        var maxCpuMillis = limits.maxCpuMillis();
        if (maxCpuMillis != null && exceeds(maxCpuMillis, used.cpuMillis(), added.cpuMillis())) {
            throw refused(
                    "uses " + cpus(used.cpuMillis()) + " of " + cpus(maxCpuMillis) + " CPUs and asks for "
                            + cpus(added.cpuMillis()) + " more",
                    added.cpuMillis() <= maxCpuMillis ? "end or pause a sandbox" : "",
                    Limit.MAX_CPU,
                    cpus(raised(maxCpuMillis, used.cpuMillis() + added.cpuMillis())));
        }
        var maxMemoryMiB = limits.maxMemoryMiB();
        if (maxMemoryMiB != null && exceeds(maxMemoryMiB, used.memoryMiB(), added.memoryMiB())) {
            throw refused(
                    "uses " + memory(used.memoryMiB()) + " of " + memory(maxMemoryMiB) + " memory and asks for "
                            + memory(added.memoryMiB()) + " more",
                    added.memoryMiB() <= maxMemoryMiB ? "end a sandbox" : "",
                    Limit.MAX_MEMORY,
                    memory(raised(maxMemoryMiB, used.memoryMiB() + added.memoryMiB())));
        }
    }

    private static boolean exceeds(int most, long used, long added) {
        return added > 0 && used + added > most;
    }

    /** Returns a limit to suggest: twice the present one, or what is needed if that is more. */
    private static long raised(int most, long needed) {
        return Math.max(2L * most, needed);
    }

    /**
     * Returns the refusal.
     *
     * @param remedy what helps at once; empty if the request alone exceeds the limit, so that only a higher limit helps
     */
    private SandboxException refused(String what, String remedy, Limit limit, String more) {
        var how = declared.contains(limit)
                ? "raise consumers." + consumer + "." + limit.key() + " in config.yaml"
                : "ask for more: sandboxer consumers set " + consumer + " " + limit.option() + " " + more;
        return new SandboxException(
                ErrorCode.OVER_QUOTA,
                "consumer " + consumer + " " + what + "; " + (remedy.isEmpty() ? how : remedy + ", or " + how));
    }

    private static String cpus(long millis) {
        return Cpus.format((int) Math.min(millis, Integer.MAX_VALUE));
    }

    private static String memory(long mib) {
        return Sizes.formatMiB((int) Math.min(mib, Integer.MAX_VALUE));
    }
}
