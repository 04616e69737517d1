package dev.sandboxer.hubs;

/** A system of the organisation that receives our events. */
public enum Hub {
    /** Receives billing events. Without a URL they wait in the outbox. */
    FIN_HUB("fin-hub"),

    /** Receives lifecycle events. Without a URL none are written. */
    STATE_HUB("State Hub");

    private final String label;

    Hub(String label) {
        this.label = label;
    }

    /** Returns the hub's name for people. */
    public String label() {
        return label;
    }

    /** Returns the name of one of the hub's environment variables, such as {@code SANDBOXER_FIN_HUB_URL} for {@code _URL}. */
    String variable(String suffix) {
        return "SANDBOXER_" + name() + suffix;
    }
}
