package dev.sandboxer.routing;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.extension.ExtensionId;
import org.jspecify.annotations.Nullable;

/**
 * An account at a backend: an extension and the credential that it is used with.
 *
 * @param credential null = the extension needs none
 */
public record Account(ExtensionId extension, @Nullable CredentialId credential) {}
