package dev.sandboxer.extension;

import java.util.Map;

/**
 * The values of the fields with which a backend is reached. Its string form shows the names only.
 *
 * @param fields by {@link CredentialField#name}; secret
 */
public record Credential(Map<String, String> fields) {
    private static final Credential NONE = new Credential(Map.of());

    /** Copies the components. */
    public Credential {
        fields = Map.copyOf(fields);
    }

    /**
     * The credential for extensions that need none.
     *
     * @return one without fields
     */
    public static Credential none() {
        return NONE;
    }

    @Override
    public String toString() {
        return "Credential" + fields.keySet();
    }
}
