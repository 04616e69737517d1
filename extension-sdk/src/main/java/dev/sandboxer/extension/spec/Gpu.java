package dev.sandboxer.extension.spec;

import java.util.HashSet;
import java.util.List;

/**
 * The GPUs of a sandbox.
 *
 * @param count at least 1, all of the same type
 * @param types acceptable types in order of preference, at least one, in the backend's own terms, such as {@code A100-80GB}
 */
public record Gpu(int count, List<String> types) {
    /** Checks the number and the types. */
    public Gpu {
        types = List.copyOf(types);
        if (count < 1) {
            throw new IllegalArgumentException("the number of GPUs must be at least 1, not " + count);
        }
        if (types.isEmpty()
                || types.stream().anyMatch(String::isBlank)
                || new HashSet<>(types).size() != types.size()) {
            throw new IllegalArgumentException("expected at least one GPU type, none blank and none twice: " + types);
        }
    }

    /**
     * Creates a request for GPUs of one type.
     *
     * @param count at least 1
     * @param type the only acceptable type
     */
    public Gpu(int count, String type) {
        this(count, List.of(type));
    }
}
