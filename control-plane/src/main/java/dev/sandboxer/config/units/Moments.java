package dev.sandboxer.config.units;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.Spelling;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Moments as people write them: a UTC day, a time, or how long ago. */
public final class Moments {
    /** The accepted forms, for messages and help. */
    public static final String FORMS = "a day (2026-11-01), a time (2026-11-01T12:00:00Z) or how long ago (24h)";

    private Moments() {}

    /**
     * Reads a moment.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public static Instant parse(String text, InstantSource clock) {
        try {
            if (text.contains("T")) {
                return Instant.parse(text);
            }
            return text.contains("-")
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : clock.instant().minus(Durations.parse(text));
        } catch (DateTimeException | ArithmeticException | SandboxException e) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT, Spelling.quoted(text) + " is not a time; write " + FORMS, e);
        }
    }
}
