package dev.sandboxer.local;

import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.time.InstantSource;

/** What this backend refuses before it starts anything. */
record CreateRules(InstantSource clock) {
    /** Below these the template and the agent themselves don't fit. */
    private static final int LEAST_MEMORY_MIB = 16;

    private static final int LEAST_DISK_MIB = 16;

    void check(CreateRequest request) {
        if (!request.deadline().isAfter(clock.instant())) {
            throw invalid("the deadline " + request.deadline() + " has passed");
        }
        var size = request.spec().size();
        if (size.memoryMiB() < LEAST_MEMORY_MIB || size.diskMiB() < LEAST_DISK_MIB) {
            throw invalid("a local sandbox needs at least " + LEAST_MEMORY_MIB + " MiB of memory and " + LEAST_DISK_MIB
                    + " MiB of disk");
        }
    }

    private static ExtensionException invalid(String message) {
        return ExtensionException.notApplied(Kind.INVALID, message);
    }
}
