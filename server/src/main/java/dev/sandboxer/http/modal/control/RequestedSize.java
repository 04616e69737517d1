package dev.sandboxer.http.modal.control;

import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.http.modal.edge.Generation;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.protocol.modal.ClientProto.Resources;
import java.util.Locale;
import java.util.Optional;

/** The size that a client requests for a sandbox. */
record RequestedSize(Resources resources, Generation generation) {
    private static final int MAX_GPUS = 8;

    /** More than any machine has; a higher number is a mistake. */
    private static final int MAX_MILLIS_OR_MIB = 100_000_000;

    private static final String GPU_TYPE = "[A-Z0-9][A-Z0-9._+!-]{0,39}";

    /** Refuses impossible sizes. */
    void check() {
        checkPair("CPU", "milli-cores", resources.getMilliCpu(), resources.getMilliCpuMax());
        checkPair("memory", "MiB", resources.getMemoryMb(), resources.getMemoryMbMax());
        checkAmount("disk", resources.getEphemeralDiskMb());
        if (gpu().isPresent() && generation == Generation.V2) {
            throw ModalErrors.invalid("GPUs are not supported by sandboxes of the second generation");
        }
    }

    private static void checkPair(String what, String unit, int request, int limit) {
        checkAmount(what, request);
        checkAmount(what, limit);
        if (limit != 0 && limit < request) {
            throw ModalErrors.invalid("the " + what + " limit, " + limit + " " + unit + ", is below the request, "
                    + request + " " + unit);
        }
    }

    private static void checkAmount(String what, int amount) {
        if (amount < 0 || amount > MAX_MILLIS_OR_MIB) {
            throw ModalErrors.invalid("too much " + what + ": " + Integer.toUnsignedLong(amount));
        }
    }

    /** The requested GPUs; empty = none. */
    Optional<Gpu> gpu() {
        var config = resources.getGpuConfig();
        var type = config.getGpuType().toUpperCase(Locale.ROOT);
        if (type.isEmpty() && config.getCount() == 0) {
            return Optional.empty();
        }
        if (!type.matches(GPU_TYPE)) {
            throw ModalErrors.invalid("Not a valid GPU type: " + ModalErrors.shown(config.getGpuType()));
        }
        if (config.getCount() < 1 || config.getCount() > MAX_GPUS) {
            throw ModalErrors.invalid(
                    "a sandbox has 1 to " + MAX_GPUS + " GPUs, not " + Integer.toUnsignedLong(config.getCount()));
        }
        return Optional.of(new Gpu(config.getCount(), type));
    }

    /** Returns the size to create: for each resource, the requested limit, else the requested amount, else the default. */
    SandboxSize withDefaults(SandboxSize defaults) {
        return new SandboxSize(
                first(resources.getMilliCpuMax(), resources.getMilliCpu(), defaults.cpuMillis()),
                first(resources.getMemoryMbMax(), resources.getMemoryMb(), defaults.memoryMiB()),
                first(resources.getEphemeralDiskMb(), defaults.diskMiB()),
                gpu().orElse(defaults.gpu()));
    }

    private static int first(int... amounts) {
        for (int amount : amounts) {
            if (amount != 0) {
                return amount;
            }
        }
        throw new IllegalArgumentException("no amount is given");
    }
}
