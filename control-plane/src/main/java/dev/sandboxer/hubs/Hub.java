package dev.sandboxer.hubs;

/** A system of the organisation that takes our events. */
public enum Hub {
    /** Takes billing events. Without a URL they wait. */
    FIN_HUB("fin-hub"),

    /** Takes lifecycle events. Without a URL none are written. */
    STATE_HUB("State Hub");

    private final String label;

    Hub(String label) {
        this.label = label;
    }

    /** The hub's name for people. */
    public String label() {
        return label;
    }

    /** The environment variable with the hub's URL; those with its secrets begin like it. */
    String variable(String suffix) {
        return "SANDBOXER_" + name() + suffix;
    }
}
