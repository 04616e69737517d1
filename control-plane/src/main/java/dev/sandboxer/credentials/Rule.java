package dev.sandboxer.credentials;

import java.util.Locale;

/** The rules that choose a credential, in order of precedence. */
public enum Rule {
    /** The request named the credential. */
    REQUEST,
    /** The profile names the credential for this extension. */
    PROFILE,
    /** The credential belongs to the requesting consumer. */
    CONSUMER,
    /** The platform's credential is used, because no earlier rule matched. */
    PLATFORM,
    /** The platform's credential is used, because the backend refused the consumer's own and the consumer allows this. */
    PLATFORM_FALLBACK;

    /** Returns the rule's name for users. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
