package dev.sandboxer.fakecloud;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A fault, the requests that it applies to, and how often. A null condition matches every request.
 *
 * @param path has to match the whole path, without the query
 * @param query has to match a part of the query
 * @param after how many matching requests are served normally before the first fault
 * @param times how many matching requests after those get the fault; {@link #ALWAYS} = all
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
            throw new IllegalArgumentException("after must be at least 0, and times at least 1");
        }
    }

    boolean matches(Call call) {
        return (operation == null || operation.matches(call))
                && (method == null || method.equals(call.method()))
                && (path == null || path.matcher(call.path()).matches())
                && (query == null || query.matcher(call.query()).find());
    }
}
