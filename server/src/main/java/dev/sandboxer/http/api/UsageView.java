package dev.sandboxer.http.api;

import dev.sandboxer.quotas.Usage;

/** A consumer's present use, as JSON. */
record UsageView(long live, long cpuMillis, long memoryMiB) {
    static UsageView of(Usage usage) {
        return new UsageView(usage.live(), usage.cpuMillis(), usage.memoryMiB());
    }
}
