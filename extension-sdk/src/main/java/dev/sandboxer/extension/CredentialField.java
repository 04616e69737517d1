package dev.sandboxer.extension;

import org.jspecify.annotations.Nullable;

/**
 * One field of a credential. {@link Extension#open} checks the form of its value without contacting the backend.
 *
 * @param name key in {@link Credential#fields()}, such as {@code api_key}
 * @param description one line for people
 * @param secret whether its value must never be shown
 * @param required whether a credential without it is malformed
 * @param environment the environment variable that the backend's own tools read, such as {@code AWS_SECRET_ACCESS_KEY}; null = there is
 *     none
 */
public record CredentialField(
        String name,
        String description,
        boolean secret,
        boolean required,
        @Nullable String environment) {
    /**
     * Creates a field without an environment variable.
     *
     * @param name key in {@link Credential#fields()}
     * @param description one line for people
     * @param secret whether its value must never be shown
     * @param required whether a credential without it is malformed
     */
    public CredentialField(String name, String description, boolean secret, boolean required) {
        this(name, description, secret, required, null);
    }
}
