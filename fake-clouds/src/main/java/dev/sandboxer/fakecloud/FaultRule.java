package dev.sandboxer.fakecloud;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * To which requests something happens, and how often. What is null matches everything.
 *
 * @param path matches the whole path, without the query
 * @param query is found somewhere in the query
 * @param after how many matching requests are left alone before the first is struck
 * @param times how many are struck then; {@link #ALWAYS} = all
 */
public record FaultRule(
        @Nullable Operation operation,
        @Nullable String method,
        @Nullable Pattern path,
        @Nullable Pattern query,
        int after,
        int times,
        Fault fault) {
    public static final int ALWAYS = Integer.MAX_VALUE;

    public FaultRule {
        if (after < 0 || times < 1) {
            throw new IllegalArgumentException("after is 0 or more, times 1 or more");
        }
    }

    boolean matches(Call call) {
        return (operation == null || operation.matches(call))
                && (method == null || method.equals(call.method()))
                && (path == null || path.matcher(call.path()).matches())
                && (query == null || query.matcher(call.query()).find());
    }
}
