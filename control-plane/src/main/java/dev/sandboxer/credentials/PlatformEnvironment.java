package dev.sandboxer.credentials;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The platform's credentials in the environment of this process, in the variables that the backends' own tools use. */
record PlatformEnvironment(Map<String, String> variables, KnownExtensions extensions, Fingerprint fingerprint) {

    /** Returns the id of the credential for an extension; empty if none of its required fields is set. */
    Optional<CredentialId> id(Extension extension) {
        return find(extension).map(found -> id(extension, found));
    }

    /**
     * Returns the id of the present credential, by its full id or by a name without the key's part, such as {@code env.e2b}.
     *
     * @throws SandboxException {@code UNKNOWN_CREDENTIAL}, also if a full id names another key
     */
    CredentialId id(String idOrName) {
        ExtensionId extension;
        try {
            extension = CredentialId.extensionOfEnvironment(idOrName);
        } catch (IllegalArgumentException e) {
            throw Credentials.unknown(CredentialId.mention(idOrName) + " not found");
        }
        var present = id(extensions.get(extension)).orElseThrow(() -> Credentials.unknown(absent(extension)));
        if (idOrName.contains("@") && !idOrName.equals(present.value())) {
            throw Credentials.unknown(changed(extensions.get(extension), CredentialId.mention(idOrName), present));
        }
        return present;
    }

    /**
     * Returns the credential with exactly this id.
     *
     * @throws SandboxException {@code CREDENTIAL_MISSING}, also if the environment now holds another key
     */
    Credential get(CredentialId id) {
        var extension = extensions.get(id.extensionOfEnvironment());
        var found = find(extension).orElseThrow(() -> missing(id, absent(extension.id())));
        var present = id(extension, found);
        if (!present.equals(id)) {
            throw missing(id, changed(extension, "credential " + id, present));
        }
        return found;
    }

    /**
     * Returns the credential for an extension; empty if none of its required fields is set. An incomplete credential is returned as
     * it is, so that the extension can say which field is missing.
     */
    Optional<Credential> find(Extension extension) {
        var fields = new TreeMap<String, String>();
        var isMeant = extension.credentialFields().stream().noneMatch(CredentialField::required);
        for (CredentialField field : extension.credentialFields()) {
            var value = field.environment() == null ? null : variables.get(field.environment());
            if (value != null && !value.isEmpty()) {
                fields.put(field.name(), value);
                isMeant |= field.required();
            }
        }
        return isMeant && !fields.isEmpty() ? Optional.of(new Credential(fields)) : Optional.empty();
    }

    private CredentialId id(Extension extension, Credential found) {
        return CredentialId.ofEnvironment(extension.id(), fingerprint.ofAccount(extension, found.fields()));
    }

    /** Returns the names of the variables for an extension's credential, for messages. */
    static String names(Extension extension) {
        return extension.credentialFields().stream()
                .map(CredentialField::environment)
                .filter(Objects::nonNull)
                .collect(Collectors.joining(", "));
    }

    private static SandboxException missing(CredentialId id, String why) {
        return new SandboxException(
                ErrorCode.CREDENTIAL_MISSING,
                why + "; without it, sandboxes and snapshots of " + id + " can't be reached");
    }

    private static String absent(ExtensionId extension) {
        return "the environment of this process holds no credential for " + extension;
    }

    private String changed(Extension extension, String wanted, CredentialId present) {
        return "the environment of this process holds credential " + present + " instead of the " + wanted
                + ": either its key or address has changed (look at " + names(extension) + "), or "
                + fingerprint.place()
                + ", from which these ids are made, has been replaced (restore it from your backup)";
    }
}
