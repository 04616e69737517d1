package dev.sandboxer.credentials;

import java.util.Locale;

/** The rules that choose a credential, in order of precedence. */
public enum Rule {
    /** The request named it. */
    REQUEST,
    /** The profile names it for this extension. */
    PROFILE,
    /** It is the requesting consumer's own. */
    CONSUMER,
    /** It is the platform's, because no earlier rule matched. */
    PLATFORM,
    /** It is the platform's, because the consumer's own was refused and its owner allows this. */
    PLATFORM_FALLBACK;

    /** Returns the rule's name for users. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
