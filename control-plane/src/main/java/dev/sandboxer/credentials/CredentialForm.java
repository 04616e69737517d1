package dev.sandboxer.credentials;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import java.util.List;
import java.util.Map;

/** Checks the form that every credential must have, before its extension checks it. Messages name fields, never values. */
final class CredentialForm {
    private static final int MAX_LENGTH = 8192;

    private CredentialForm() {}

    /**
     * Returns the fields as a credential.
     *
     * @throws SandboxException {@code CREDENTIAL_INVALID}
     */
    static Credential check(Extension extension, Map<String, String> fields) {
        var known = extension.credentialFields();
        if (known.isEmpty()) {
            throw invalid("none is needed", extension);
        }
        for (String name : fields.keySet()) {
            if (known.stream().noneMatch(field -> field.name().equals(name))) {
                throw invalid("has no field " + quoted(name), extension);
            }
        }
        for (CredentialField field : known) {
            check(extension, field, fields);
        }
        return new Credential(fields);
    }

    private static void check(Extension extension, CredentialField field, Map<String, String> fields) {
        var value = fields.get(field.name());
        if (value == null || value.isEmpty()) {
            if (field.required() || value != null) {
                throw invalid(
                        "needs the field " + field.name() + " (" + field.description() + ")"
                                + (fields.isEmpty() ? "" : "; it is never taken from another credential"),
                        extension);
            }
            return;
        }
        if (value.length() > MAX_LENGTH) {
            throw invalid("the field " + field.name() + " is longer than " + MAX_LENGTH + " characters", extension);
        }
        if (value.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            throw invalid(
                    "the field " + field.name() + " contains a blank, a line break or another control character",
                    extension);
        }
    }

    static SandboxException invalid(String why, Extension extension) {
        return new SandboxException(
                ErrorCode.CREDENTIAL_INVALID, "a credential for " + extension.id() + ": " + why + names(extension));
    }

    private static String names(Extension extension) {
        List<String> names =
                extension.credentialFields().stream().map(CredentialField::name).toList();
        return names.isEmpty() ? "" : " (fields: " + String.join(", ", names) + ")";
    }

    private static String quoted(String name) {
        var plain = name.length() <= 40 && name.chars().allMatch(c -> c >= ' ' && c < 0x7f);
        return plain ? '"' + name + '"' : "of that name";
    }
}
