package dev.sandboxer.extension.spec;

/**
 * The login for a container registry. {@link #toString} omits the password.
 *
 * @param username not empty
 * @param password password or token; secret, not empty
 */
public record RegistryCredential(String username, String password) {
    /** Rejects empty components. */
    public RegistryCredential {
        if (username.isEmpty() || password.isEmpty()) {
            throw new IllegalArgumentException("a registry's credential needs a username and a password");
        }
    }

    @Override
    public String toString() {
        return "RegistryCredential[username=" + username + "]";
    }
}
