package dev.sandboxer.connect;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What went wrong with a call: the protocol's codes, all there are. */
public enum ConnectCode {
    CANCELED(499),
    UNKNOWN(500),
    INVALID_ARGUMENT(400),
    DEADLINE_EXCEEDED(504),
    NOT_FOUND(404),
    ALREADY_EXISTS(409),
    PERMISSION_DENIED(403),
    RESOURCE_EXHAUSTED(429),
    FAILED_PRECONDITION(400),
    ABORTED(409),
    OUT_OF_RANGE(400),
    UNIMPLEMENTED(501),
    INTERNAL(500),
    UNAVAILABLE(503),
    DATA_LOSS(500),
    UNAUTHENTICATED(401);

    private static final Map<String, ConnectCode> BY_WIRE_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(ConnectCode::wireName, Function.identity()));

    private final String wireName;
    private final int httpStatus;

    ConnectCode(int httpStatus) {
        this.wireName = name().toLowerCase(Locale.ROOT);
        this.httpStatus = httpStatus;
    }

    /** As in JSON, such as {@code not_found}. */
    public String wireName() {
        return wireName;
    }

    /** The status of a unary answer that carries this code. */
    public int httpStatus() {
        return httpStatus;
    }

    /** The code of that name; empty when the protocol has none. Names are in lower case. */
    public static Optional<ConnectCode> of(String wireName) {
        return Optional.ofNullable(BY_WIRE_NAME.get(wireName));
    }

    /**
     * What a client takes an HTTP status for when the answer carries no code: one from a proxy or from something that
     * doesn't speak the protocol. Not the inverse of {@link #httpStatus()}: a 404 means that there is no such method.
     */
    public static ConnectCode ofHttpStatus(int status) {
        return switch (status) {
            case 400 -> INTERNAL;
            case 401 -> UNAUTHENTICATED;
            case 403 -> PERMISSION_DENIED;
            case 404 -> UNIMPLEMENTED;
            case 429, 502, 503, 504 -> UNAVAILABLE;
            default -> UNKNOWN;
        };
    }
}
