package dev.sandboxer.cli.billing;

import dev.sandboxer.config.Durations;
import dev.sandboxer.error.SandboxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** A moment as users write it: a UTC day, a time, or how long ago. */
final class TimeArgument {
    static final String FORMS = "a day (2026-11-01), a time (2026-11-01T12:00:00Z) or how long ago (24h)";

    private TimeArgument() {}

    /** @throws IllegalArgumentException when it is none */
    static Instant parse(String text, InstantSource clock) {
        try {
            if (text.contains("T")) {
                return Instant.parse(text);
            }
            return text.contains("-")
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : clock.instant().minus(Durations.parse(text));
        } catch (DateTimeException | SandboxException e) {
            throw new IllegalArgumentException("'" + text + "' is no time; write " + FORMS, e);
        }
    }
}
