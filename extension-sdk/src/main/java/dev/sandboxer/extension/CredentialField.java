package dev.sandboxer.extension;

import org.jspecify.annotations.Nullable;

/**
 * One field of a credential. Its form is checked by {@link Extension#open}, which contacts nobody.
 *
 * @param name key in {@link Credential#fields()}, such as {@code api_key}
 * @param description one line for people
 * @param secret whether its value must never be shown
 * @param required whether a credential without it is malformed
 * @param environment the variable in which the backend's own tools look for it, such as {@code AWS_SECRET_ACCESS_KEY}; null when they
 *     know none
 */
public record CredentialField(
        String name,
        String description,
        boolean secret,
        boolean required,
        @Nullable String environment) {
    /**
     * A field that the backend's own tools have no variable for.
     *
     * @param name its name
     * @param description one line for people
     * @param secret whether its value must never be shown
     * @param required whether a credential without it is malformed
     */
    public CredentialField(String name, String description, boolean secret, boolean required) {
        this(name, description, secret, required, null);
    }
}
