package dev.sandboxer.fakecloud;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which requests a fault strikes, and how often. A null matches everything.
 *
 * @param path has to match the whole path, without the query
 * @param query has to match a part of the query
 * @param after how many matching requests are left alone at first
 * @param times how many requests are struck after those; {@link #ALWAYS} = all
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
