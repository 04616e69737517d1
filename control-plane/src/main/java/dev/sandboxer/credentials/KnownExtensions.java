package dev.sandboxer.credentials;

import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;

/** The part of the extension registry that credentials need. */
public interface KnownExtensions {
    /**
     * Returns the extension with this id.
     *
     * @throws dev.sandboxer.error.SandboxException {@code UNKNOWN_EXTENSION}
     */
    Extension get(ExtensionId id);

    /**
     * Lets the extension check the form of the fields, without a network call.
     *
     * @throws dev.sandboxer.error.SandboxException {@code CREDENTIAL_INVALID}
     */
    void checkForm(Extension extension, Credential credential);
}
