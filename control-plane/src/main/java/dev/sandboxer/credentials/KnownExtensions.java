package dev.sandboxer.credentials;

import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;

/** What credentials need of the extensions they are for. */
public interface KnownExtensions {
    /**
     * @throws dev.sandboxer.error.SandboxException {@code UNKNOWN_EXTENSION}
     */
    Extension get(ExtensionId id);

    /**
     * Lets the extension look at the form of the fields; contacts nobody.
     *
     * @throws dev.sandboxer.error.SandboxException {@code CREDENTIAL_INVALID}
     */
    void checkForm(Extension extension, Credential credential);
}
