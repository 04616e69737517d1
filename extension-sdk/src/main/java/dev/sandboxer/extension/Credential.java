package dev.sandboxer.extension;

import java.util.Map;

/** The field values with which a backend is reached. Its string form shows names only. */
public record Credential(Map<String, String> fields) {
    private static final Credential NONE = new Credential(Map.of());

    public Credential {
        fields = Map.copyOf(fields);
    }

    /** For extensions that need no credential. */
    public static Credential none() {
        return NONE;
    }

    @Override
    public String toString() {
        return "Credential" + fields.keySet();
    }
}
