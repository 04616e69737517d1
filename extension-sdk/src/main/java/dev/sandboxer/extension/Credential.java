package dev.sandboxer.extension;

import java.util.Map;

/**
 * The field values that open a backend. {@link #toString} shows the fields' names only.
 *
 * @param fields values by {@link CredentialField#name}; secret
 */
public record Credential(Map<String, String> fields) {
    private static final Credential NONE = new Credential(Map.of());

    /** Copies the map. */
    public Credential {
        fields = Map.copyOf(fields);
    }

    /**
     * Returns the credential for extensions that need none.
     *
     * @return a credential without fields
     */
    public static Credential none() {
        return NONE;
    }

    @Override
    public String toString() {
        return "Credential" + fields.keySet();
    }
}
