package dev.sandboxer.credentials;

import java.util.Locale;

/** Why a credential was chosen, in the order in which they are asked. */
public enum Rule {
    /** The request named it. */
    REQUEST,
    /** The profile names it for this extension. */
    PROFILE,
    /** It is the asking consumer's own. */
    CONSUMER,
    /** Nobody before had one, and the platform has. */
    PLATFORM,
    /** The consumer's own was refused, and its owner lets the platform's take its place. */
    PLATFORM_FALLBACK;

    /** As users see it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
