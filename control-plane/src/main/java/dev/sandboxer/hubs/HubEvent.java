package dev.sandboxer.hubs;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An event for a hub. Immutable if the values in {@code data} are.
 *
 * @param id unique across both hubs and never reused; the receiver drops a second event with the same id. 1 to 200 letters, digits,
 *     {@code -}, {@code _} and {@code :}; no dot, which would make its signature ambiguous
 * @param type what happened, such as {@code dev.sandboxer.sandbox.stopped}
 * @param subject the id of the sandbox or consumer concerned
 * @param time when it happened; delivered in whole milliseconds
 * @param data a JSON object: its values are strings, numbers, booleans, null, and lists and maps of them. Never a secret
 */
public record HubEvent(
        String id, String type, String subject, Instant time, Map<String, ? extends @Nullable Object> data) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_:-]{1,200}");

    /**
     * Checks the event and copies its data.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public HubEvent {
        require(ID.matcher(id).matches(), "event id '" + id + "' needs 1 to 200 letters, digits, '-', '_' or ':'");
        require(!type.isBlank(), "event " + id + " has no type");
        require(!subject.isBlank(), "event " + id + " has no subject");
        data = Collections.unmodifiableMap(new LinkedHashMap<String, @Nullable Object>(data));
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new SandboxException(ErrorCode.INVALID_ARGUMENT, problem);
        }
    }
}
