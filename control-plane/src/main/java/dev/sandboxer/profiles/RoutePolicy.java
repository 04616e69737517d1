package dev.sandboxer.profiles;

import java.util.Locale;

/** Which of the extensions that could take a sandbox is tried first. */
public enum RoutePolicy {
    /** As the route lists them. */
    ORDER,
    /** The lowest price first; what has no known price last. */
    CHEAPEST,
    /** The one that has made sandboxes fastest lately, failures counted; what has not been measured lately first. */
    FASTEST;

    /** As users write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
