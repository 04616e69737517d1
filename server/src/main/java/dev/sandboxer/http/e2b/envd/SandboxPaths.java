package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectCode;
import dev.sandboxer.connect.ConnectException;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks and normalizes paths as E2B's clients write them. */
final class SandboxPaths {
    private SandboxPaths() {}

    /**
     * Returns the path, or "" for the user's home when it is absent.
     *
     * @throws ConnectException {@code INVALID_ARGUMENT} for {@code ~somebody}
     */
    static String check(@Nullable String path) {
        var text = Objects.requireNonNullElse(path, "");
        if (text.startsWith("~") && text.length() > 1 && text.charAt(1) != '/') {
            throw new ConnectException(
                    ConnectCode.INVALID_ARGUMENT, "can't expand '" + text + "': only ~ and ~/ are supported");
        }
        return text;
    }

    /**
     * Normalizes an absolute path for comparison: removes doubled slashes, {@code .} and {@code ..}. Links are not resolved, so a
     * path with {@code ..} after a link may become another path.
     */
    static String clean(String path) {
        var parts = new ArrayDeque<String>();
        for (var part : path.split("/", -1)) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return "/" + String.join("/", parts);
    }
}
