package dev.sandboxer.extension;

/**
 * One field of a credential.
 *
 * @param name key in {@link Credential#fields()}, such as {@code apiKey}
 * @param description one line for people
 * @param secret whether its value must never be shown
 * @param required whether a credential without it is malformed
 */
public record CredentialField(String name, String description, boolean secret, boolean required) {}
