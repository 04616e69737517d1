package dev.sandboxer.config;

import dev.sandboxer.profiles.Spelling;
import java.util.Arrays;
import java.util.Locale;

/** Servers on which clients may create sandboxes that anybody who knows their id can use. */
public enum UnsecuredSandboxes {
    /** Only on a server that listens on loopback. */
    LOOPBACK,
    ALWAYS,
    NEVER;

    /** Returns the word for the configuration file. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static UnsecuredSandboxes parse(String text) {
        return Arrays.stream(values())
                .filter(value -> value.text().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(Spelling.quoted(text) + " is neither loopback, always nor never"));
    }
}
