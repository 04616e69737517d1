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

/** The platform's credentials that stand in the environment of this process, under the names the backends' own tools use. */
record PlatformEnvironment(Map<String, String> variables, KnownExtensions extensions, Fingerprint fingerprint) {

    /** Which one there is for an extension; empty when nothing of what it must have is there. */
    Optional<CredentialId> id(Extension extension) {
        return find(extension).map(found -> id(extension, found));
    }

    /**
     * By a name without the key's part, whichever key is there.
     *
     * @throws SandboxException {@code UNKNOWN_CREDENTIAL}
     */
    CredentialId id(String idOrName) {
        ExtensionId extension;
        try {
            extension = CredentialId.extensionOfEnvironment(idOrName);
        } catch (IllegalArgumentException e) {
            throw Credentials.unknown("there is no " + CredentialId.mention(idOrName));
        }
        var present = id(extensions.get(extension)).orElseThrow(() -> Credentials.unknown(absent(extension)));
        if (idOrName.contains("@") && !idOrName.equals(present.value())) {
            throw Credentials.unknown(changed(extensions.get(extension), CredentialId.mention(idOrName), present));
        }
        return present;
    }

    /**
     * The very one with this id.
     *
     * @throws SandboxException {@code CREDENTIAL_MISSING}, also when another key stands there now
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
     * What stands there for an extension; empty when nothing of what it must have is there. Half of it is a credential all the same: the
     * extension says which part is missing.
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

    /** The variables where one for an extension would stand. */
    static String names(Extension extension) {
        return extension.credentialFields().stream()
                .map(CredentialField::environment)
                .filter(Objects::nonNull)
                .collect(Collectors.joining(", "));
    }

    private static SandboxException missing(CredentialId id, String why) {
        return new SandboxException(
                ErrorCode.CREDENTIAL_MISSING, why + "; what was made with " + id + " can't be reached without it");
    }

    private static String absent(ExtensionId extension) {
        return "the environment of this process holds no credential for " + extension;
    }

    private String changed(Extension extension, String wanted, CredentialId present) {
        return "the environment of this process holds another key or address, " + present + " instead of the " + wanted
                + " (look at " + names(extension) + "), or " + fingerprint.place()
                + ", with which these ids are made, is not the one it was: restore it from your backup then";
    }
}
