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

    private final String text = name().toLowerCase(Locale.ROOT);

    /** As users and rows name it. */
    public String text() {
        return text;
    }

    /** @throws IllegalArgumentException when there is none of that name */
    public static Payer of(String text) {
        for (Payer payer : values()) {
            if (payer.text.equals(text)) {
                return payer;
            }
        }
        throw new IllegalArgumentException("no payer is called " + text);
    }
}
