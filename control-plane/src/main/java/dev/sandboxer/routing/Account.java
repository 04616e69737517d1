package dev.sandboxer.routing;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.extension.ExtensionId;
import org.jspecify.annotations.Nullable;

/**
 * Where sandboxes are made: an extension, and with whose key.
 *
 * @param credential null = the extension needs none
 */
public record Account(ExtensionId extension, @Nullable CredentialId credential) {}
