package dev.sandboxer.payments.rates;

import java.util.Locale;

/** Who pays the backend for a sandbox, and so whether its consumer pays us. */
public enum Payer {
    /** Its backend costs nothing; its consumer pays us what the operator's own price list says, which is mostly nothing. */
    NOBODY,
    /** We do, and bill its consumer. */
    PLATFORM,
    /** Its consumer does, with a credential of its own; we bill our fee at most. */
    OWNER;

    /** As users and rows name it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException when there is none of that name */
    public static Payer of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
