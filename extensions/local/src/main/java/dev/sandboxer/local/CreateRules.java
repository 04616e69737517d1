package dev.sandboxer.local;

import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.time.InstantSource;

/** The checks that this backend makes before it starts anything. */
record CreateRules(InstantSource clock) {
    /** The agent needs this much memory. */
    private static final int MIN_MEMORY_MIB = 16;

    /** The template needs this much disk. */
    private static final int MIN_DISK_MIB = 16;

    void check(CreateRequest request) {
        if (!request.deadline().isAfter(clock.instant())) {
            throw invalid("the deadline " + request.deadline() + " has passed");
        }
        var size = request.spec().size();
        if (size.memoryMiB() < MIN_MEMORY_MIB || size.diskMiB() < MIN_DISK_MIB) {
            throw invalid("a local sandbox needs at least " + MIN_MEMORY_MIB + " MiB of memory and " + MIN_DISK_MIB
                    + " MiB of disk");
        }
    }

    private static ExtensionException invalid(String message) {
        return ExtensionException.notApplied(Kind.INVALID, message);
    }
}
