package dev.sandboxer.protocol.e2b;

import com.google.protobuf.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;

/** Converts between Protobuf's {@code Timestamp} and Java's {@link Instant}. */
public final class Timestamps {
    private Timestamps() {}

    public static Timestamp of(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }

    /** @throws DateTimeException when the time is outside the range of {@link Instant} */
    public static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}
