package dev.sandboxer.e2b.control;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.spec.SandboxSize;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A sandbox as E2B describes it: {@code ListedSandbox} and {@code SandboxDetail} of {@code spec/openapi.yml}.
 *
 * @param tag null = not created by sand-boxer
 * @param endAt the deadline of a running sandbox; the time of the pause of a paused one
 * @param access how the sandbox is reached
 */
public record SandboxView(
        BackendRef ref,
        @Nullable SandboxTag tag,
        SandboxSize size,
        Instant startedAt,
        Instant endAt,
        boolean paused,
        Access access) {
    /** Keys that we set in a sandbox's metadata. */
    public static final String TAG = "sandboxer_tag";

    public static final String INSTALLATION = "sandboxer_installation";

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,100}");
    private static final int MILLIS_PER_CPU = 1000;

    /**
     * How a sandbox is reached.
     *
     * @param token for envd; null in a list, or when envd asks for none
     * @param envd version of the daemon inside
     * @param domain domain of the sandbox's host names; null when the server names none
     * @param trafficToken for the other ports; null when they ask for none
     */
    public record Access(
            @Nullable String token,
            EnvdVersion envd,
            @Nullable String domain,
            @Nullable String trafficToken) {
        private static Access of(JsonNode json) {
            return new Access(
                    text(json, "envdAccessToken"),
                    EnvdVersion.of(json.path("envdVersion").asString("")),
                    text(json, "domain"),
                    text(json, "trafficAccessToken"));
        }
    }

    /**
     * @throws IOException when something is missing or malformed
     */
    static SandboxView of(JsonNode json) throws IOException {
        try {
            return new SandboxView(
                    new BackendRef(id(json.path("sandboxID").asString(""))),
                    tag(json.path("metadata").path(TAG).asString("")),
                    new SandboxSize(
                            Math.multiplyExact(json.path("cpuCount").asInt(0), MILLIS_PER_CPU),
                            json.path("memoryMB").asInt(0),
                            json.path("diskSizeMB").asInt(0)),
                    Instant.parse(json.path("startedAt").asString("")),
                    Instant.parse(json.path("endAt").asString("")),
                    json.path("state").asString("").equals("paused"),
                    Access.of(json));
        } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
            throw new IOException("a malformed sandbox: " + e.getMessage(), e);
        }
    }

    /** Returns a copy whose times are earlier by that much, to correct for a server whose clock is ahead. */
    SandboxView earlierBy(Duration difference) {
        return difference.isZero()
                ? this
                : new SandboxView(ref, tag, size, startedAt.minus(difference), endAt.minus(difference), paused, access);
    }

    /**
     * Checks a sandbox's id, which becomes part of addresses and file names.
     *
     * @throws IllegalArgumentException when the text is not an id
     */
    static String id(String text) {
        if (!ID.matcher(text).matches()) {
            throw new IllegalArgumentException("not a sandbox id");
        }
        return text;
    }

    private static @Nullable SandboxTag tag(String text) {
        try {
            return text.isEmpty() ? null : SandboxTag.parse(text);
        } catch (IllegalArgumentException e) {
            return null; // sand-boxer did not create it
        }
    }

    private static @Nullable String text(JsonNode json, String field) {
        var value = json.path(field).asString("");
        return value.isEmpty() ? null : value;
    }
}
