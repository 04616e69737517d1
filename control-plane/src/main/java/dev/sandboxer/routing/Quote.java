package dev.sandboxer.routing;

/**
 * What a sandbox would cost at one candidate.
 *
 * @param metered whether somebody bills its use
 */
public record Quote(boolean metered) {
    /** As users see it. */
    public String text() {
        return metered ? "metered" : "free";
    }
}
