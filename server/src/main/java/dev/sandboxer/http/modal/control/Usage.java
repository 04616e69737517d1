package dev.sandboxer.http.modal.control;

import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetResourceUsageResponse;
import java.time.Duration;
import java.time.Instant;

/** Computes the resource usage of sandboxes. */
final class Usage {
    private Usage() {}

    /** Returns the sandbox's size multiplied by its running time; its actual load doesn't count. */
    static SandboxGetResourceUsageResponse of(Sandbox sandbox, Instant now) {
        var nanos = runningTime(sandbox, now).toNanos();
        var size = sandbox.size();
        var answer = SandboxGetResourceUsageResponse.newBuilder()
                .setCpuCoreNanosecs(times(nanos, size.cpuMillis(), 1000))
                .setMemGibNanosecs(times(nanos, size.memoryMiB(), 1024));
        Gpu gpu = size.gpu();
        if (gpu != null) {
            answer.setGpuNanosecs(nanos * gpu.count()).setGpuType(gpu.types().getFirst());
        }
        return answer.build();
    }

    private static long times(long nanos, long amount, long unit) {
        return Math.round((double) nanos * amount / unit);
    }

    private static Duration runningTime(Sandbox sandbox, Instant now) {
        var start = sandbox.startedAt();
        if (start == null) {
            return Duration.ZERO;
        }
        var paused = sandbox.pausedAt();
        var end = sandbox.endedAt() != null ? sandbox.endedAt() : paused != null ? paused : now;
        return end.isBefore(start) ? Duration.ZERO : Duration.between(start, end);
    }
}
