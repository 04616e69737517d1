package dev.sandboxer.profiles;

import java.util.Locale;

/** The order in which the eligible extensions of a route are tried. */
public enum RoutePolicy {
    /** In the order of the route. */
    ORDER,
    /** The lowest price first; extensions without a known price last. */
    CHEAPEST,
    /**
     * The extension that created sandboxes fastest recently, taking failures into account. Extensions without recent attempts come first,
     * so that they are measured.
     */
    FASTEST;

    /** Returns the word that users write. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
