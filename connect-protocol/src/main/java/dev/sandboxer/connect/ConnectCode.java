package dev.sandboxer.connect;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The error codes of the Connect protocol. */
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

    /** Returns the name in JSON, such as {@code not_found}. */
    public String wireName() {
        return wireName;
    }

    /** Returns the HTTP status of a unary response with this code. */
    public int httpStatus() {
        return httpStatus;
    }

    /** Returns the code with this wire name, which is in lower case; empty if there is none. */
    public static Optional<ConnectCode> of(String wireName) {
        return Optional.ofNullable(BY_WIRE_NAME.get(wireName));
    }

    /**
     * Returns the code that a client infers from the HTTP status of a response without a code, such as a proxy's. Not the inverse of
     * {@link #httpStatus()}: a 404 means that the method doesn't exist.
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
