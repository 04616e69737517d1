package dev.sandboxer.extension.spec;

/**
 * Opens a container registry. Its string form hides the password.
 *
 * @param username not empty
 * @param password or token; secret, not empty
 */
public record RegistryCredential(String username, String password) {
    /** Checks the components. */
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
