package dev.sandboxer.payments.rates;

import java.util.Locale;

/** The party that pays the backend for a sandbox. It decides what the sandbox's consumer pays us. */
public enum Payer {
    /** The backend is free. The consumer pays us the price on the operator's own rate card; without one, nothing. */
    NOBODY,
    /** We pay the backend and bill the consumer. */
    PLATFORM,
    /** The consumer pays the backend through its own credential. We bill at most our fee. */
    OWNER;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** Returns the name that users see and rows store. */
    public String text() {
        return text;
    }

    /** @throws IllegalArgumentException if no payer has this name */
    public static Payer of(String text) {
        for (Payer payer : values()) {
            if (payer.text.equals(text)) {
                return payer;
            }
        }
        throw new IllegalArgumentException("no payer is called " + text);
    }
}
