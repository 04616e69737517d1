package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Limits the bytes that pending answers of each sandbox take. The content of an answer comes from the sandbox, so without a limit a
 * hostile sandbox could fill the server's memory and disk. Thread-safe.
 */
final class AnswerSpace {
    private final LongSupplier limit;
    private final Map<SandboxId, Long> held = new ConcurrentHashMap<>();

    /**
     * @param limit the most bytes for all pending answers of one sandbox
     */
    AnswerSpace(LongSupplier limit) {
        this.limit = limit;
    }

    /** Returns a new answer. The caller closes it. */
    BufferedAnswer open(SandboxId sandbox) {
        return new BufferedAnswer(this, sandbox);
    }

    /**
     * Reserves bytes.
     *
     * @param own the bytes that the same answer has already reserved
     * @throws ConnectException {@code RESOURCE_EXHAUSTED} if the limit would be exceeded
     */
    void reserve(SandboxId sandbox, long bytes, long own) {
        var most = limit.getAsLong();
        held.compute(sandbox, (id, before) -> {
            var all = (before == null ? 0 : before) + bytes;
            requireRoom(all, own + bytes, most);
            return all;
        });
    }

    private static void requireRoom(long all, long own, long most) {
        if (own > most) {
            throw new ConnectException(
                    ConnectCode.RESOURCE_EXHAUSTED,
                    "the answer has more than " + (most >> 20) + " MiB; ask for less, such as a single directory");
        }
        if (all > most) {
            throw new ConnectException(
                    ConnectCode.RESOURCE_EXHAUSTED,
                    "the pending answers for this sandbox have more than " + (most >> 20)
                            + " MiB together; try again when the other answers have arrived");
        }
    }

    void release(SandboxId sandbox, long bytes) {
        held.computeIfPresent(sandbox, (id, before) -> before == bytes ? null : before - bytes);
    }

    /** Returns the bytes that are reserved for all sandboxes. */
    long held() {
        return held.values().stream().mapToLong(Long::longValue).sum();
    }
}
